import type { StoredEvent } from '@heddle/core'
import { entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

const changeAll = (entries: readonly StoredEvent[] | undefined): void => {
  for (const entry of entries ?? []) Object.assign(entry.fact, { type: 'changed' })
}

/** What is stored shares nothing with what was handed in or out. */
export const whatIsReadIsACopy: JournalStoreBehaviour = {
  name: 'what is stored shares nothing with what was handed in or handed out',
  run: async ({ store, expect }) => {
    const journal = await store.create('run')
    const given = structuredClone(entriesFrom(1, 3))
    await journal.append(given)
    changeAll(given)
    changeAll((await store.read('run'))?.entries)
    changeAll(await store.readEntries('run', 0, 10))
    await journal.close()
    changeAll((await store.open('run'))?.contents.entries)
    expect((await store.read('run'))?.entries).toEqual(entriesFrom(1, 3))
  },
}
