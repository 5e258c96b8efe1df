import { entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** A run goes on where it ended, any number of times. */
export const aRunGoesOnWhereItEnded: JournalStoreBehaviour = {
  name: 'a journal that is opened again goes on where it ended',
  run: async ({ store, openAnother, expect }) => {
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 2))
    await journal.close()
    const again = await store.open('run')
    await again?.journal.append(entriesFrom(3, 4))
    await store.close()
    const another = await openAnother()
    const third = await another.open('run')
    expect(third?.contents).toEqual({ entries: entriesFrom(1, 4) })
    await third?.journal.append(entriesFrom(5, 5))
    expect(await another.read('run')).toEqual({ entries: entriesFrom(1, 5) })
  },
}
