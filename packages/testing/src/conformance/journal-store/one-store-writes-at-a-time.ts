import { entriesFrom } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** One store at a time writes to a place. */
export const oneStoreWritesAtATime: JournalStoreBehaviour = {
  name: 'one store at a time writes to a place: another one is refused until the first is closed',
  run: async ({ store, openAnother, expect }) => {
    const locked = { code: 'STORE_LOCKED' }
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 1))
    const another = await openAnother()
    for (const call of [another.create('other'), another.open('run'), another.remove('run')]) {
      expect(await rejection(call)).toMatchObject(locked)
    }
    expect(await another.read('run')).toEqual({ entries: entriesFrom(1, 1) })
    await store.close()
    expect((await another.open('run'))?.contents).toEqual({ entries: entriesFrom(1, 1) })
    const third = await openAnother()
    expect(await rejection(third.open('run'))).toMatchObject(locked)
  },
}
