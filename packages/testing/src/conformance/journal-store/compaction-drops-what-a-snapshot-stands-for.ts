import { entriesFrom, entryOf } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Compaction drops the entries up to the newest snapshot. */
export const compactionDropsWhatASnapshotStandsFor: JournalStoreBehaviour = {
  name: 'compaction drops the entries up to the newest snapshot, and earlier moments with them',
  run: async ({ store, openAnother, expect }) => {
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 3))
    await journal.compact()
    expect(await store.read('run')).toEqual({ entries: entriesFrom(1, 3) })
    await journal.saveSnapshot({ seq: 2, text: 'after 2' })
    await journal.append(entriesFrom(4, 7))
    await journal.saveSnapshot({ seq: 5, text: 'after 5' })
    const compacted = journal.compact()
    await journal.append(entriesFrom(8, 8))
    await compacted
    await journal.compact()
    await journal.append(entriesFrom(9, 9))
    const snapshot = { seq: 5, text: 'after 5' }
    expect(await store.read('run')).toEqual({ snapshot, entries: entriesFrom(6, 9) })
    expect(await store.read('run', 5)).toEqual({ snapshot, entries: [] })
    expect(await rejection(store.read('run', 4))).toMatchObject({ code: 'INVALID_OPTION', details: { earliest: 5 } })
    for await (const run of store.list()) expect(run).toEqual({ runId: 'run', first: entryOf(1), last: entryOf(9) })
    await store.close()
    const another = await openAnother()
    const opened = await another.open('run')
    expect(opened?.contents).toEqual({ snapshot, entries: entriesFrom(6, 9) })
    await opened?.journal.append(entriesFrom(10, 10))
    await opened?.journal.saveSnapshot({ seq: 10, text: 'after 10' })
    await opened?.journal.compact()
    expect(await another.read('run')).toEqual({ snapshot: { seq: 10, text: 'after 10' }, entries: [] })
    for await (const run of another.list()) expect(run).toEqual({ runId: 'run', first: entryOf(1), last: entryOf(10) })
    await opened?.journal.append(entriesFrom(11, 11))
    expect((await another.read('run'))?.entries).toEqual(entriesFrom(11, 11))
  },
}
