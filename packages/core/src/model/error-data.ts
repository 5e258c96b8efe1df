import { isErrorCode } from '../errors/codes.ts'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'

/** An error as plain data: what error edges, fallbacks and expressions see, and what is stored. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  /** Of an error of Heddle. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Of an error of Heddle set where the same call may succeed later; of others what they say. */
  readonly retryable?: boolean
  /** Earliest time of the next attempt, in milliseconds from then. */
  readonly retryAfterMs?: number
  readonly cause?: ErrorData
}

/** How deep a chain of causes is followed; deeper ones are dropped. */
const maxCauseDepth = 8

/** Turns whatever was thrown into plain data. A thrown value that is not an Error becomes the message. */
export function toErrorData(thrown: unknown, depth = 0): ErrorData {
  if (!(thrown instanceof Error)) return { name: 'NonError', message: describeThrown(thrown) }
  const code =
    'code' in thrown && (typeof thrown.code === 'string' || typeof thrown.code === 'number')
      ? String(thrown.code)
      : undefined
  return {
    name: thrown.name,
    message: thrown.message,
    ...(code === undefined ? {} : { code }),
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
    ...(isHeddleError(thrown) ? heddleFields(thrown) : plainFields(thrown)),
    ...(thrown.cause === undefined || depth >= maxCauseDepth ? {} : { cause: toErrorData(thrown.cause, depth + 1) }),
  }
}

function heddleFields({ details, retryable, retryAfterMs }: HeddleError): Partial<ErrorData> {
  return {
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(retryable ? { retryable } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** What an error of somebody else's says about retries. */
function plainFields(thrown: object): Partial<ErrorData> {
  return {
    ...('retryable' in thrown && typeof thrown.retryable === 'boolean' ? { retryable: thrown.retryable } : {}),
    ...('retryAfterMs' in thrown && typeof thrown.retryAfterMs === 'number'
      ? { retryAfterMs: thrown.retryAfterMs }
      : {}),
  }
}

/** An error of a run's journal as an error again: name, message, code, stack, details and causes are kept. */
export function reviveError(data: ErrorData): HeddleError {
  const { code, message, details, retryable, retryAfterMs, stack } = data
  const error = new HeddleError(isErrorCode(code) ? code : 'NODE_FAILED', message, {
    ...(details === undefined ? {} : { details }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...reviveCause(data),
  })
  if (stack !== undefined) error.stack = stack
  return error
}

function reviveCause({ cause }: ErrorData): { readonly cause?: unknown } {
  return cause === undefined ? {} : { cause: reviveThrown(cause) }
}

/** What was thrown as an error again: one of Heddle if it was one, else an Error of the same name. */
export function reviveThrown(data: ErrorData): Error {
  if (data.name === 'HeddleError') return reviveError(data)
  const { name, message, code, stack, retryable, retryAfterMs } = data
  // What a user's handler threw, or a library: no error of Heddle's.
  // oxlint-disable-next-line house/no-bare-error
  const plain = new Error(message, reviveCause(data))
  const error: Error = Object.assign(plain, {
    name,
    ...(code === undefined ? {} : { code }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
  if (stack !== undefined) error.stack = stack
  return error
}

/** A short text for a thrown value that is not an Error. */
export function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** The error of a failed attempt as the handler threw it: the cause of a `NODE_FAILED`, else the error itself. */
export function originalError(error: HeddleError): unknown {
  return error.code === 'NODE_FAILED' && 'cause' in error ? error.cause : error
}
