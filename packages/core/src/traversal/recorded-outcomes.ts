import { isHeddleError } from '../errors/heddle-error.ts'
import { reviveError } from '../model/error-data.ts'
import type { ContextWrite, Outcome } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { CommittedAhead } from './told-ahead.ts'

/** Events about undoing a visit. */
export type CompensationEvent = Extract<RunEvent, { readonly type: `compensation.${string}` }>

/** Those about the end of an attempt to undo one. */
export type CompensationEnd = Exclude<CompensationEvent, { readonly type: 'compensation.started' }>

/**
 * What an attempt to undo a visit came to, as it was recorded.
 *
 * @param writes the writes to shared values that were recorded before it
 */
export function compensationOutcome(event: CompensationEnd, writes: readonly ContextWrite[]): Outcome {
  if (event.type === 'compensation.completed') return { status: 'completed', output: undefined, writes }
  const error = reviveError(event.error)
  // That a visit could not be undone is the error of the run; its cause is that of the attempt.
  const { cause } = error
  return { status: 'failed', error: event.type === 'compensation.failed' && isHeddleError(cause) ? cause : error }
}

/** What a completed attempt came to, as it was recorded. */
export function completedOutcome(
  event: RunEvent & { readonly type: 'node.completed' },
  { writes, expansion }: CommittedAhead,
): Outcome {
  const { output, action, transformed } = event
  return {
    status: 'completed',
    ...('input' in event ? { input: event.input } : {}),
    output,
    action,
    transformed,
    conditions: event.conditions?.map((condition) => condition ?? undefined),
    writes: writes.length === 0 ? undefined : writes,
    expansion,
  }
}

/** The same of a failed one. */
export function failedOutcome(event: RunEvent & { readonly type: 'node.failed' | 'node.retrying' }): Outcome {
  const { conditions, transformed } = event.type === 'node.failed' ? event : {}
  return {
    status: 'failed',
    error: reviveError(event.error),
    conditions: conditions?.map((condition) => condition ?? undefined),
    transformed,
  }
}
