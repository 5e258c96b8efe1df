import { entriesFrom } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** A journal can be read up to any entry. */
export const anyMomentCanBeRead: JournalStoreBehaviour = {
  name: 'a journal can be read up to any entry, from the newest snapshot that is not behind it',
  run: async ({ store, expect }) => {
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 3))
    await journal.saveSnapshot({ seq: 3, text: 'after 3' })
    await journal.append(entriesFrom(4, 8))
    await journal.saveSnapshot({ seq: 6, text: 'after 6' })
    await journal.append(entriesFrom(9, 9))
    for (let upTo = 0; upTo <= 12; upTo++) {
      const seq = upTo >= 6 ? 6 : upTo >= 3 ? 3 : 0
      const snapshot = seq === 0 ? {} : { snapshot: { seq, text: `after ${seq}` } }
      expect(await store.read('run', upTo)).toEqual({ ...snapshot, entries: entriesFrom(seq + 1, Math.min(upTo, 9)) })
    }
    for (const upTo of [-1, 1.5, Number.NaN, Infinity]) {
      expect(await rejection(store.read('run', upTo))).toMatchObject({ code: 'INVALID_OPTION' })
    }
  },
}
