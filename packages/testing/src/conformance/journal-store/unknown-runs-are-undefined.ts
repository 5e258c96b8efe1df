import { entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Of a run that is not there nothing is found, and removing it does nothing. */
export const unknownRunsAreUndefined: JournalStoreBehaviour = {
  name: 'of a run that is not there nothing is found, and removing it does nothing',
  run: async ({ store, expect }) => {
    const expectNothing = async (): Promise<void> => {
      expect(await store.read('nobody')).toBe(undefined)
      expect(await store.read('nobody', 3)).toBe(undefined)
      expect(await store.readEntries('nobody', 0, 10)).toBe(undefined)
      for await (const { runId } of store.list()) expect(runId).toBe('somebody')
    }
    await expectNothing()
    expect(await store.open('nobody')).toBe(undefined)
    await store.remove('nobody')
    const journal = await store.create('somebody')
    await journal.append(entriesFrom(1, 1))
    await expectNothing()
  },
}
