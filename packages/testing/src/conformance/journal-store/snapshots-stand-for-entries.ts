import { entriesFrom } from '../sample-entries.ts'
import { rejection } from '../rejection.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** The newest snapshot comes with the entries behind it. */
export const snapshotsStandForEntries: JournalStoreBehaviour = {
  name: 'the newest snapshot comes with the entries behind it, also where it was taken inside a group or of an earlier entry',
  run: async ({ store, openAnother, expect }) => {
    const journal = await store.create('run')
    await journal.append(entriesFrom(1, 4))
    const text = 'state \n after 4 \u0000 \uD83D\uDE00 half \uD83D'
    await journal.saveSnapshot({ seq: 4, text })
    expect(await store.read('run')).toEqual({ snapshot: { seq: 4, text }, entries: [] })
    await journal.append(entriesFrom(5, 9))
    const late = journal.saveSnapshot({ seq: 6, text: 'after 6' })
    await journal.append(entriesFrom(10, 10))
    await late
    await journal.saveSnapshot({ seq: 2, text: 'after 2' })
    const contents = { snapshot: { seq: 6, text: 'after 6' }, entries: entriesFrom(7, 10) }
    expect(await store.read('run')).toEqual(contents)
    await journal.saveSnapshot({ seq: 6, text: 'after 6, again' })
    for (const seq of [0, 11, 1.5]) {
      expect(await rejection(journal.saveSnapshot({ seq, text: '' }))).toMatchObject({ code: 'INVALID_STATE' })
    }
    await store.close()
    const opened = await (await openAnother()).open('run')
    expect(opened?.contents).toEqual({ ...contents, snapshot: { seq: 6, text: 'after 6, again' } })
    await opened?.journal.append(entriesFrom(11, 11))
  },
}
