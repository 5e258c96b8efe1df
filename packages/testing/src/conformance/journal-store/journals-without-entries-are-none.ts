import { entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** A journal without entries counts as none. */
export const journalsWithoutEntriesAreNone: JournalStoreBehaviour = {
  name: 'a journal without entries counts as none, and can be created again',
  run: async ({ store, openAnother, expect }) => {
    const empty = await store.create('run')
    await empty.append([])
    await empty.sync()
    expect(await store.read('run')).toBe(undefined)
    expect(await store.readEntries('run', 0, 1)).toBe(undefined)
    for await (const { runId } of store.list()) expect(runId).toBe('none')
    await empty.close()
    expect(await store.open('run')).toBe(undefined)
    await store.close()
    const another = await openAnother()
    expect(await another.open('run')).toBe(undefined)
    const journal = await another.create('run')
    await journal.append(entriesFrom(1, 1))
    expect(await another.read('run')).toEqual({ entries: entriesFrom(1, 1) })
  },
}
