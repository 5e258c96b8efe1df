import type { StoredEvent } from '../src/model/stored-event.ts'
import type { IJournalStore, JournalSummary, RunJournal } from '../src/ports/journal-store.ts'

/** Waits some turns of the event loop, as a database far away lets one wait. */
async function someTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}

/** How long an operation takes, in turns of the event loop: before it is done, and until that is told. */
export type Delay = (operation: string) => readonly [before: number, after: number]

/**
 * A journal store of which every operation takes its time, before it is done and after it. Operations on one journal are done in the
 * order in which they were asked for; their replies may come in any order.
 */
export function slowStore(store: IJournalStore, delay: Delay): IJournalStore {
  const slowly = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    const [before, after] = delay(operation)
    await someTurns(before)
    const done = await work()
    await someTurns(after)
    return done
  }
  return {
    create: (runId) => slowly('create', async () => slowJournal(await store.create(runId), delay)),
    open: (runId) =>
      slowly('open', async () => {
        const opened = await store.open(runId)
        return opened === undefined ? undefined : { ...opened, journal: slowJournal(opened.journal, delay) }
      }),
    read: (runId, upTo) => slowly('read', () => store.read(runId, upTo)),
    readEntries: (runId, afterSeq, limit) => slowly('readEntries', () => store.readEntries(runId, afterSeq, limit)),
    list: () => slowList(store.list(), delay),
    remove: (runId) => slowly('remove', () => store.remove(runId)),
    close: () => slowly('close', () => store.close()),
  }
}

async function* slowList(runs: AsyncIterable<JournalSummary>, delay: Delay): AsyncGenerator<JournalSummary> {
  for await (const run of runs) {
    await someTurns(delay('list')[0])
    yield run
  }
}

function slowJournal(journal: RunJournal, delay: Delay): RunJournal {
  let last: Promise<unknown> = Promise.resolve()
  const inOrder = async <T>(operation: string, work: () => T | Promise<T>): Promise<T> => {
    const [before, after] = delay(operation)
    const earlier = last
    const doing = (async () => {
      await someTurns(before)
      await earlier
      return work()
    })()
    last = doing.catch(() => undefined)
    const done = await doing
    await someTurns(after)
    return done
  }
  return {
    runId: journal.runId,
    append: (entries: readonly StoredEvent[]) => inOrder('append', () => journal.append(entries)),
    sync: () => inOrder('sync', () => journal.sync()),
    saveSnapshot: (snapshot) => inOrder('saveSnapshot', () => journal.saveSnapshot(snapshot)),
    compact: () => inOrder('compact', () => journal.compact()),
    close: () => inOrder('close', () => journal.close()),
  }
}
