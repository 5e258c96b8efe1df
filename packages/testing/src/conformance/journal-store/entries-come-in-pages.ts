import { entriesFrom } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Entries can be read page by page, snapshots apart. */
export const entriesComeInPages: JournalStoreBehaviour = {
  name: 'entries can be read page by page, whatever snapshots there are, while more of them come',
  run: async ({ store, expect }) => {
    const journal = await store.create('run')
    for (let seq = 1; seq <= 10; seq += 3) await journal.append(entriesFrom(seq, seq + 2))
    await journal.saveSnapshot({ seq: 7, text: 'after 7' })
    for (const limit of [1, 2, 3, 5, 12, 100]) {
      for (let after = 0; after < 12; after += limit) {
        expect(await store.readEntries('run', after, limit)).toEqual(
          entriesFrom(after + 1, Math.min(after + limit, 12)),
        )
      }
      expect(await store.readEntries('run', 12, limit)).toEqual([])
    }
    expect(await store.readEntries('run', 20, 5)).toEqual([])
    await journal.append(entriesFrom(13, 14))
    expect(await store.readEntries('run', 12, 5)).toEqual(entriesFrom(13, 14))
    await journal.compact()
    expect(await store.readEntries('run', 0, 2)).toEqual(entriesFrom(8, 9))
    expect(await store.readEntries('run', 9, 2)).toEqual(entriesFrom(10, 11))
    for (const [after, limit] of [
      [-1, 1],
      [0, 0],
      [0.5, 1],
      [0, Infinity],
    ] as const) {
      expect(await rejection(store.readEntries('run', after, limit))).toMatchObject({ code: 'INVALID_OPTION' })
    }
  },
}
