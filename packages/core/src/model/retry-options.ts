import { HeddleError } from '../errors/heddle-error.ts'
import type { BackoffPolicy, RetryPolicy } from './blueprint.ts'
import { parseDuration, type Duration } from './duration.ts'

/** A pause between two attempts that grows or not. Jitter is the random share of a delay, 0 to 1. */
export interface Backoff {
  /** @default 'exponential' */
  readonly type?: 'fixed' | 'exponential'
  /** Delay before the second attempt. */
  readonly delay: Duration
  /** @default '24h' */
  readonly maxDelay?: Duration
  /** @default 2 */
  readonly factor?: number
  /** @default 0 */
  readonly jitter?: number
}

/** When and how often a failed attempt is tried again. */
export interface Retry {
  /** All attempts, the first one included: 1 means no retry. */
  readonly maxAttempts: number
  /** Pause between attempts; a duration alone is the delay of an exponential backoff. Without it the next attempt follows at once. */
  readonly backoff?: Duration | Backoff
  /** Retry only errors whose `code` or `name` is listed. */
  readonly retryOn?: readonly string[]
}

/**
 * A retry policy, with durations in milliseconds.
 *
 * @param what names whose it is in the message of an error, as in `node "fetch"`
 * @param details ids for the error
 * @throws {HeddleError} `INVALID_OPTION` for a duration that cannot be read and for a `maxAttempts` below 1
 */
export function toRetryPolicy(
  what: string,
  { maxAttempts, backoff, retryOn }: Retry,
  details: Readonly<Record<string, unknown>>,
): RetryPolicy {
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new HeddleError(
      'INVALID_OPTION',
      `retry.maxAttempts of ${what} is ${String(maxAttempts)}; it counts all attempts, so give a whole number from 1 (no retry)`,
      { details: { ...details, option: 'retry.maxAttempts' } },
    )
  }
  return {
    maxAttempts,
    ...(backoff === undefined ? {} : { backoff: toBackoffPolicy(what, backoff) }),
    ...(retryOn === undefined ? {} : { retryOn: [...retryOn] }),
  }
}

function toBackoffPolicy(what: string, backoff: Duration | Backoff): BackoffPolicy {
  const options = typeof backoff === 'object' && backoff !== null ? backoff : { delay: backoff }
  const { type = 'exponential', delay, maxDelay, factor, jitter } = options
  return {
    type,
    delayMs: parseDuration(delay, `retry.backoff of ${what}`),
    ...(maxDelay === undefined ? {} : { maxDelayMs: parseDuration(maxDelay, `retry.backoff.maxDelay of ${what}`) }),
    ...(factor === undefined ? {} : { factor }),
    ...(jitter === undefined ? {} : { jitter }),
  }
}
