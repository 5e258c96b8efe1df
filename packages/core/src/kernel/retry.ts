import type { HeddleError } from '../errors/heddle-error.ts'
import type { BackoffPolicy, RetryPolicy } from '../model/blueprint.ts'
import { originalError } from '../model/error-data.ts'

/** Default of `BackoffPolicy.maxDelayMs`. */
const defaultMaxDelayMs = 86_400_000

/**
 * Whether a failed attempt is tried again, and after how many milliseconds; `undefined` means that it was the last one.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param random a number from 0 to 1 for the jitter; the kernel has no randomness of its own
 */
export function retryDelayMs(
  policy: RetryPolicy | undefined,
  attempt: number,
  error: HeddleError,
  random: number,
): number | undefined {
  if (policy === undefined || attempt >= policy.maxAttempts || !error.retryable) return undefined
  if (policy.retryOn !== undefined && !isListed(policy.retryOn, error)) return undefined
  if (error.retryAfterMs !== undefined) return error.retryAfterMs
  return policy.backoff === undefined ? 0 : backoffDelayMs(policy.backoff, attempt, random)
}

function backoffDelayMs(backoff: BackoffPolicy, attempt: number, random: number): number {
  const { type, delayMs, maxDelayMs = defaultMaxDelayMs, factor = 2, jitter = 0 } = backoff
  const full = type === 'fixed' ? delayMs : delayMs * factor ** (attempt - 1)
  return Math.min(full, maxDelayMs) * (1 - jitter * random)
}

function isListed(retryOn: readonly string[], error: HeddleError): boolean {
  const original = originalError(error)
  const names: unknown[] = [error.code]
  if (original instanceof Error) names.push(original.name, 'code' in original ? original.code : undefined)
  return names.some((name) => typeof name === 'string' && retryOn.includes(name))
}
