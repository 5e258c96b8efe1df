import { HeddleError } from '../../errors/heddle-error.ts'
import type { FailurePolicy } from '../../model/policy.ts'

/** Settings of a run that may come from anywhere. */
interface RunSettings {
  readonly concurrency?: number | undefined
  readonly deadlineMs?: number | undefined
  readonly onFailure?: FailurePolicy | undefined
  readonly signal?: unknown
  readonly snapshot?: unknown
  readonly journal?: unknown
  readonly context?: unknown
  readonly tags?: unknown
}

/** How much of a value an error repeats, in characters. */
const longestTold = 200

const failurePolicies: ReadonlySet<unknown> = new Set<FailurePolicy>(['stop', 'continue', 'compensate'])

/** Refuses settings of a run that cannot be meant. @throws HeddleError `INVALID_OPTION` */
export function checkRunOptions(settings: RunSettings): void {
  // Plain JavaScript may pass anything.
  if (!isObject(settings)) throw invalid('options', 'an object', settings)
  const { concurrency, deadlineMs, onFailure, signal, snapshot, context, journal, tags } = settings
  if (signal !== undefined && !(isObject(signal) && 'addEventListener' in signal)) {
    throw invalid('signal', 'an AbortSignal', signal)
  }
  if (snapshot !== undefined && typeof snapshot !== 'string') throw invalid('snapshot', 'a text', snapshot)
  if (journal !== undefined && typeof journal !== 'boolean') throw invalid('journal', 'true or false', journal)
  if (context !== undefined && !isObject(context)) throw invalid('context', 'an object', context)
  if (tags !== undefined && !areTags(tags)) throw invalid('tags', 'at most 20 texts of 1 to 100 characters', tags)
  if (concurrency !== undefined) checkConcurrency(concurrency)
  if (deadlineMs !== undefined && !(Number.isFinite(deadlineMs) && deadlineMs >= 0)) {
    throw invalid('deadlineMs', 'a number of milliseconds from 0 up', deadlineMs)
  }
  if (onFailure !== undefined && !failurePolicies.has(onFailure)) {
    throw invalid('onFailure', "'stop', 'continue' or 'compensate'", onFailure)
  }
}

/** Refuses a number of attempts at once with which nothing would ever start. @throws HeddleError `INVALID_OPTION` */
export function checkConcurrency(concurrency: number): void {
  if (concurrency === Infinity || (Number.isSafeInteger(concurrency) && concurrency >= 1)) return
  throw invalid('concurrency', 'a whole number from 1 up, or Infinity', concurrency)
}

function areTags(tags: unknown): boolean {
  const isTag = (tag: unknown): boolean => typeof tag === 'string' && tag !== '' && tag.length <= 100
  return Array.isArray(tags) && tags.length <= 20 && tags.every(isTag)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function invalid(option: string, what: string, value: unknown): HeddleError {
  const text = String(value)
  const isLong = text.length > longestTold
  const told = isLong ? `${text.slice(0, longestTold)}…` : text
  return new HeddleError('INVALID_OPTION', `${option} must be ${what}, and is ${told}`, {
    details: { option, given: isLong ? told : value },
  })
}
