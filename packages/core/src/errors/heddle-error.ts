import type { ErrorCode } from './codes.ts'

/** What a {@link HeddleError} carries beside its code and message. */
export interface HeddleErrorOptions {
  /** Ids and numbers that say what it happened to; no secrets, no payloads. */
  readonly details?: Readonly<Record<string, unknown>>
  /**
   * Whether the same call may succeed later.
   * @default false
   */
  readonly retryable?: boolean
  /**
   * Earliest time of the next attempt, in milliseconds from now; it replaces the backoff of the retry policy. More than a year counts as
   * a year; what is not a finite number from 0 up is ignored.
   */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * The only error that Heddle throws. Its message says what happened, to which id, and the mend; `details` holds the ids.
 *
 * @example
 * ```ts
 * try { await run.resume('approval', { ok: true }) }
 * catch (error) { if (isHeddleError(error, 'WAIT_EXPIRED')) tellTheUser() }
 * ```
 */
export class HeddleError extends Error {
  override readonly name: string = 'HeddleError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>
  readonly retryable: boolean
  readonly retryAfterMs?: number

  constructor(code: ErrorCode, message: string, options: HeddleErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
    this.retryable = options.retryable ?? false
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
  }
}

/** Whether a value is an error of Heddle, and of that code if one is given. Works across copies of the package and after storage. */
export function isHeddleError(value: unknown, code?: ErrorCode): value is HeddleError {
  if (!(value instanceof Error) || value.name !== 'HeddleError' || !('code' in value)) return false
  return code === undefined || value.code === code
}
