/** What is told of a run: its events, or the facts of stored entries. */
interface Told {
  readonly type: string
}

/**
 * The hash of the definition that a run has: the one that its last migration led to, else the one that it began with.
 *
 * @param told what is told of the run, up to where the question is asked
 * @param began the hash that it had before, by its first event or its snapshot
 */
export function definitionInForce(told: readonly Told[], began: string): string {
  return told.findLast(isMigration)?.to ?? began
}

function isMigration(event: Told): event is Told & { readonly to: string } {
  return event.type === 'run.migrated'
}
