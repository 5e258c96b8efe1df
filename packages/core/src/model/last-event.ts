import type { RunEventType } from './run-event.ts'

const lastTypes: ReadonlySet<RunEventType> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/** Whether an event is the last one of its run. */
export function isLastEvent({ type }: { readonly type: RunEventType }): boolean {
  return lastTypes.has(type)
}
