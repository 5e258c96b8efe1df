const lastTypes: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled'])

/** Whether an event is the last one of its run. */
export function isLastEvent({ type }: { readonly type: string }): boolean {
  return lastTypes.has(type)
}
