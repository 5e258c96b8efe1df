import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { BackoffPolicy, RetryPolicy } from '../model/blueprint.ts'
import { originalError } from '../model/error-data.ts'
import type { Visit } from './visit.ts'

/** Default of `BackoffPolicy.maxDelayMs`. */
const defaultMaxDelayMs = 86_400_000

/** The longest `retryAfterMs` that is waited for: a year of 365 days. */
const maxRetryAfterMs = 365 * 86_400_000

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
  const { retryAfterMs } = error
  if (isDelay(retryAfterMs)) return Math.min(retryAfterMs, maxRetryAfterMs)
  return policy.backoff === undefined ? 0 : backoffDelayMs(policy.backoff, attempt, random)
}

/**
 * Whether a visit whose attempt failed is attempted again, by the policy of its node, and after how many milliseconds; `undefined` means
 * that it was the last attempt.
 *
 * @param random as for {@link retryDelayMs}
 */
export function nextAttemptDelayMs(
  graph: CompiledGraph,
  { node, attempt }: Visit,
  error: HeddleError,
  random: number,
): number | undefined {
  return retryDelayMs(graph.nodes[node]?.config?.retry, attempt, error, random)
}

/** What handlers put into their errors may be anything; only a time that can be waited for replaces the backoff. */
function isDelay(retryAfterMs: number | undefined): retryAfterMs is number {
  return Number.isFinite(retryAfterMs) && (retryAfterMs as number) >= 0
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
