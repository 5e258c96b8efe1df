import { replacedRun, runSetBack, unknownRun } from '../errors/run-errors.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHead } from '../ports/run-records.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { toEvent, valuesOf } from './stored-fact.ts'

/** Where a journal is read from. */
export interface JournalSource {
  readonly store: ICoordinationStore
  readonly serializer: ISerializer
}

/** How many entries are read at a time. */
const pageSize = 1000

/**
 * The events of a run's journal behind one that was read before, at least up to where the run stood as it was looked at: some at a time,
 * with their values. The one that was read before is read again, which costs no operation more: only so is it known to be of this journal.
 *
 * @param last the event before the first one; without it, all
 * @throws HeddleError `UNKNOWN_RUN` if the run was removed since it was looked at; `RUN_SET_BACK` if the store lost some of its entries
 */
export async function* readJournalPages(
  { store, serializer }: JournalSource,
  head: RunHead,
  last: RunEvent | undefined,
): AsyncGenerator<readonly RunEvent[]> {
  for (let before = last; ;) {
    const entries = await store.readJournal(head, before === undefined ? 0 : before.seq - 1, pageSize)
    const next = before === undefined ? entries : entries.slice(1)
    const names = valuesOf(next)
    const values = await store.readValues(head, names)
    const isLastPage = entries.length < pageSize
    const reached = entries.at(-1)?.seq ?? 0
    const goesOn = before === undefined || isEntryOf(before, entries[0])
    const isSetBack = !goesOn || (isLastPage && reached < head.seq)
    // Values go with their run only.
    if (isSetBack || names.some((name) => !Object.hasOwn(values, name))) await checkIsThere(store, head)
    if (isSetBack) throw runSetBack(head.runId)
    const events = next.map((entry) => toEvent(serializer, head.runId, entry, values))
    yield events
    if (isLastPage) return
    before = events.at(-1)
  }
}

/** The same, all of them. */
export async function readWholeJournal(source: JournalSource, head: RunHead): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const page of readJournalPages(source, head, undefined)) {
    for (const event of page) events.push(event)
  }
  return events
}

function isEntryOf({ seq, at, type }: RunEvent, entry: StoredEvent | undefined): boolean {
  return entry?.seq === seq && entry.at === at && entry.fact.type === type
}

async function checkIsThere(store: ICoordinationStore, { runId, incarnation }: RunHead): Promise<void> {
  const now = await store.readRun(runId)
  if (now === undefined) throw unknownRun(runId)
  if (now.incarnation !== incarnation) throw replacedRun(runId)
}
