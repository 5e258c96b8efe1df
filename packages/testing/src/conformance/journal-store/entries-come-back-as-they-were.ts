import type { StoredEvent } from '@heddle/core'
import { appending, entriesFrom } from '../sample-entries.ts'
import type { JournalStoreBehaviour } from '../journal-store-harness.ts'

const oddTexts: StoredEvent = {
  seq: 4,
  at: 0.5,
  fact: {
    type: 'node.completed',
    nodeId: 'a',
    iteration: [1, 2],
    item: 3,
    nothing: null,
    yes: true,
    deep: { list: [[]] },
  },
  texts: { output: '{"json":"line\nfeed \u0000 nul \u2028 \uD83D\uDE00 half a pair \uD83D"}', error: '' },
  values: { input: 'a@1' },
  transformed: [[0, 'a@1#0']],
}

/** Entries come back as they were, in order, from another store too. */
export const entriesComeBackAsTheyWere: JournalStoreBehaviour = {
  name: 'entries come back as they were, in order, also in another store after the first one was closed',
  run: async ({ store, openAnother, expect }) => {
    const journal = await store.create('run')
    expect(journal.runId).toBe('run')
    const groups = [entriesFrom(1, 2), entriesFrom(3, 3), [oddTexts]]
    // Nobody needs to wait for a group before the next one is handed in.
    const appended = groups.map((group) => appending(journal, group))
    await journal.sync()
    await Promise.all(appended)
    const entries = [...entriesFrom(1, 3), oddTexts]
    expect(await store.read('run')).toEqual({ entries })
    await store.close()
    const another = await openAnother()
    expect(await another.read('run')).toEqual({ entries })
    expect((await another.open('run'))?.contents).toEqual({ entries })
  },
}
