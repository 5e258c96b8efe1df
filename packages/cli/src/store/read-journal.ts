import {
  HeddleError,
  readEvent,
  SuperjsonSerializer,
  type IJournalStore,
  type ISerializer,
  type RunEvent,
  type StoredEvent,
} from '@heddle/core'

/** How many entries are read at a time. */
const pageSize = 10_000

/** What the values of events are written with. */
export const serializer: ISerializer = new SuperjsonSerializer()

/**
 * The entries of a journal in order, read without a lock while another process may write to it.
 *
 * @param upTo the last `seq` that is wanted
 * @throws HeddleError `UNKNOWN_RUN` and what the store throws
 */
export async function* readEntries(
  store: IJournalStore,
  runId: string,
  upTo: number = Infinity,
): AsyncGenerator<StoredEvent> {
  let seq = 0
  while (seq < upTo) {
    const limit = Math.min(pageSize, upTo - seq)
    const page = await store.readEntries(runId, seq, limit)
    if (page === undefined) throw unknownRun(runId)
    for (const entry of page) {
      // After a compaction the first page begins where the journal does.
      if (entry.seq > upTo) return
      yield entry
      seq = entry.seq
    }
    if (page.length === 0) return
  }
}

/** The events of a run in order. @throws HeddleError as {@link readEntries} does */
export async function readEvents(store: IJournalStore, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const entry of readEntries(store, runId)) events.push(readEvent(serializer, runId, entry))
  return events
}

/** The error for a run that the store does not have. */
export function unknownRun(runId: string): HeddleError {
  return new HeddleError('UNKNOWN_RUN', `The store has no run "${runId}"; heddle runs lists those that it has.`, {
    details: { runId },
  })
}
