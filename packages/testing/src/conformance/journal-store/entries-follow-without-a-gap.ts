import { appending, entriesFrom, entryOf } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Entries are numbered without a gap. */
export const entriesFollowWithoutAGap: JournalStoreBehaviour = {
  name: 'entries are numbered from 1 without a gap: others are refused, and nothing of their group is kept',
  run: async ({ store, expect }) => {
    const journal = await store.create('run')
    expect(await rejection(appending(journal, [entryOf(2)]))).toMatchObject({ code: 'INVALID_STATE' })
    await journal.append(entriesFrom(1, 2))
    for (const group of [[entryOf(2)], [entryOf(4)], [entryOf(3), entryOf(5)], [entryOf(3), entryOf(3)]]) {
      expect(await rejection(appending(journal, group))).toMatchObject({
        code: 'INVALID_STATE',
        details: { runId: 'run' },
      })
    }
    await journal.append([])
    await journal.append(entriesFrom(3, 3))
    expect(await store.read('run')).toEqual({ entries: entriesFrom(1, 3) })
  },
}
