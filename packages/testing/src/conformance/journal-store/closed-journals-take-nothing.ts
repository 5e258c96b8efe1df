import { appending, entriesFrom, entryOf } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** What was closed takes nothing more, and can be closed again. */
export const closedJournalsTakeNothing: JournalStoreBehaviour = {
  name: 'a journal or a store that was closed takes nothing more, can be closed again, and can still be read',
  run: async ({ store, expect }) => {
    const closed = { code: 'ALREADY_CLOSED' }
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 2))
    await Promise.all([journal.close(), journal.close()])
    await journal.close()
    await journal.sync()
    expect(await rejection(appending(journal, [entryOf(3)]))).toMatchObject(closed)
    expect(await rejection(journal.saveSnapshot({ seq: 1, text: '' }))).toMatchObject(closed)
    expect(await rejection(journal.compact())).toMatchObject(closed)
    const other = await store.create('other')
    await other.append(entriesFrom(1, 1))
    await Promise.all([store.close(), store.close()])
    await store.close()
    expect(await rejection(appending(other, [entryOf(2)]))).toMatchObject(closed)
    for (const call of [store.create('third'), store.open('run'), store.remove('run')]) {
      expect(await rejection(call)).toMatchObject(closed)
    }
    expect(await store.read('run')).toEqual({ entries: entriesFrom(1, 2) })
    expect(await store.read('other')).toEqual({ entries: entriesFrom(1, 1) })
  },
}
