import { entriesFrom, entryOf } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** All runs are listed with their first and last entry. */
export const runsAreListed: JournalStoreBehaviour = {
  name: 'all runs are listed with their first and their last entry, also in a store that does not write',
  run: async ({ store, openAnother, expect }) => {
    for (let length = 1; length <= 20; length++) {
      const journal = await store.create(`run-${length}`)
      for (let seq = 1; seq <= length; seq++) await journal.append([entryOf(seq)])
      if (length % 3 === 0) await journal.close()
    }
    const long = await store.create('long')
    for (let seq = 1; seq <= 3000; seq += 10) await long.append(entriesFrom(seq, seq + 9))
    for (const lister of [store, await openAnother()]) {
      const lengths = new Map<string, number>()
      for await (const { runId, first, last } of lister.list()) {
        expect(first).toEqual(entryOf(1))
        expect(last).toEqual(entryOf(last.seq))
        lengths.set(runId, last.seq)
      }
      expect(lengths.size).toBe(21)
      for (const [runId, length] of lengths) expect(runId).toBe(length === 3000 ? 'long' : `run-${length}`)
    }
  },
}
