import type { StoredEvent } from '../model/stored-event.ts'
import type { IJournalStore } from '../ports/journal-store.ts'

/**
 * Writes the journal of a run that is new to a store, as one group: it is there as a whole or not at all.
 *
 * @throws HeddleError `RUN_CONFLICT` if there is a run of this id, and what the store throws
 */
export async function writeNewJournal(
  store: IJournalStore,
  runId: string,
  entries: readonly StoredEvent[],
): Promise<void> {
  const journal = await store.create(runId)
  try {
    await journal.append(entries)
    await journal.sync()
  } finally {
    await journal.close()
  }
}
