import { appending, entriesFrom, entryOf } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** A run that was removed leaves nothing behind. */
export const removedRunsLeaveNothing: JournalStoreBehaviour = {
  name: 'a run that was removed leaves nothing behind, and its id can be used again',
  run: async ({ store, openAnother, expect }) => {
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 5))
    await journal.saveSnapshot({ seq: 1, text: 'after 1' })
    await journal.saveSnapshot({ seq: 4, text: 'after 4' })
    await store.remove('run')
    expect(await rejection(appending(journal, [entryOf(6)]))).toMatchObject({ code: 'ALREADY_CLOSED' })
    expect(await store.read('run')).toBe(undefined)
    for await (const { runId } of store.list()) expect(runId).toBe('none')
    const again = await store.create('run')
    await again.append(entriesFrom(1, 4))
    expect(await store.read('run')).toEqual({ entries: entriesFrom(1, 4) })
    await store.close()
    const another = await openAnother()
    await another.remove('run')
    expect(await another.open('run')).toBe(undefined)
  },
}
