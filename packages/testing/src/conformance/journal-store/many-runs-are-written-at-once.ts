import { appending, entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

/** Many runs are written to at once. */
export const manyRunsAreWrittenAtOnce: JournalStoreBehaviour = {
  name: 'many runs are written to at once, and do not see each other',
  run: async ({ store, openAnother, expect }) => {
    const ids = Array.from({ length: 100 }, (_, at) => `run-${at}`)
    const journals = await Promise.all(ids.map((id) => store.create(id)))
    for (let seq = 1; seq <= 7; seq += 3) {
      await Promise.all(journals.map((journal) => appending(journal, entriesFrom(seq, seq + 2, `of ${journal.runId}`))))
    }
    await Promise.all(journals.map((journal) => journal.sync()))
    await store.close()
    const another = await openAnother()
    for (const id of ids) expect((await another.read(id))?.entries).toEqual(entriesFrom(1, 9, `of ${id}`))
  },
}
