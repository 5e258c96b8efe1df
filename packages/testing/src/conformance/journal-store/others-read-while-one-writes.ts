import { entriesFrom, entryOf } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Others read what one writes. */
export const othersReadWhileOneWrites: JournalStoreBehaviour = {
  name: 'another store reads and lists what is appended, saved, dropped and removed meanwhile',
  run: async ({ store, openAnother, expect }) => {
    const reader = await openAnother()
    expect(await reader.read('run')).toBe(undefined)
    const journal = await store.create('run')
    for (let seq = 1; seq <= 30; seq++) {
      await journal.append([entryOf(seq)])
      if (seq === 10) await journal.saveSnapshot({ seq, text: 'after 10' })
      if (seq === 20) await journal.compact()
      const base = seq < 10 ? 0 : 10
      const contents = await reader.read('run')
      expect(contents?.snapshot?.seq).toBe(base === 0 ? undefined : base)
      expect(contents?.entries).toEqual(entriesFrom(base + 1, seq))
      expect(await reader.readEntries('run', seq - 1, 5)).toEqual([entryOf(seq)])
    }
    for await (const run of reader.list()) expect(run).toEqual({ runId: 'run', first: entryOf(1), last: entryOf(30) })
    await store.remove('run')
    expect(await reader.read('run')).toBe(undefined)
  },
}
