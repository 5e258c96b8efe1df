import { unknownRun } from '../errors/run-errors.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { readEvent } from '../traversal/journal-text.ts'

/** How many entries are read at a time. */
const pageSize = 10_000

/**
 * The events of a run with a journal, in order; of one that was compacted those that are left.
 *
 * @throws HeddleError `UNKNOWN_RUN`, what the store throws, and what `readEvent` does
 */
export async function readRunEvents(
  store: IJournalStore,
  { engine }: { readonly engine: { readonly serializer: ISerializer } },
  runId: string,
): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (;;) {
    const entries = await store.readEntries(runId, events.at(-1)?.seq ?? 0, pageSize)
    if (entries === undefined) throw unknownRun(runId)
    for (const entry of entries) events.push(readEvent(engine.serializer, runId, entry))
    if (entries.length < pageSize) return events
  }
}
