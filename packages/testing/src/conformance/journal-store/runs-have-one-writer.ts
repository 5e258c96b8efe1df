import { entriesFrom } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** A run is created once, and its journal is open once. */
export const runsHaveOneWriter: JournalStoreBehaviour = {
  name: 'a run is created once, and its journal is open at most once',
  run: async ({ store, expect }) => {
    const conflict = { code: 'RUN_CONFLICT', details: { runId: 'run' } }
    const both = await Promise.allSettled([store.create('run'), store.create('run')])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    const journal = both[0].status === 'fulfilled' ? both[0].value : undefined
    await journal?.append(entriesFrom(1, 1))
    expect(await rejection(store.create('run'))).toMatchObject(conflict)
    expect(await rejection(store.open('run'))).toMatchObject(conflict)
    const closing = journal?.close()
    const opened = await store.open('run')
    await closing
    expect(opened?.contents).toEqual({ entries: entriesFrom(1, 1) })
    await opened?.journal.close()
    expect(await rejection(store.create('run'))).toMatchObject(conflict)
  },
}
