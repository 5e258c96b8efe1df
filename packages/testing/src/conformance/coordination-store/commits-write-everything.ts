import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A commit writes cells, values and journal, gives places without a gap, and raises the revision. */
export const commitsWriteEverything: CoordinationStoreBehaviour = {
  name: 'a commit writes cells, values and journal, gives places without a gap, and raises the revision',
  run: async ({ store, open, expect }) => {
    const run = await open({ journal: [{ fact: { type: 'run.started' } }], cells: { run: { phase: 'live', live: 1 } } })
    await store.deliver(run.ref, { event: eventOf('e', ['v:a']) }, undefined)
    const turn = await run.takeTurn()
    expect(turn.cells).toMatchObject({ run: { phase: 'live', live: 1 }, 'v:a': null })
    const reply = await run.commit(turn, {
      handled: ['e'],
      cells: { 'v:a': { status: 4, taken: 1 }, 's:k': { version: 1, text: '"v"' } },
      values: { 'o:a': '5' },
      journal: [
        { fact: { type: 'node.completed', nodeId: 'a' }, values: { output: 'o:a' } },
        { fact: { type: 'run.resumed' } },
      ],
      failures: ['"failure"'],
      expansions: ['"expansion"'],
    })
    expect(reply).toMatchObject({ status: 'committed', seq: 2, jobs: [], messages: [] })
    const journal = await store.readJournal(run.ref, 0, 10)
    expect(journal.map(({ seq, fact }) => [seq, fact.type])).toEqual([
      [1, 'run.started'],
      [2, 'node.completed'],
      [3, 'run.resumed'],
    ])
    expect(journal[1]?.values).toEqual({ output: 'o:a' })
    expect(await store.readCells(run.ref, 'all')).toEqual({
      run: { phase: 'live', live: 1 },
      'v:a': { status: 4, taken: 1 },
      's:k': { version: 1, text: '"v"' },
    })
    expect(await store.readValues(run.ref, ['o:a'])).toEqual({ 'o:a': '5' })
    expect(await store.readRun(run.ref.runId)).toMatchObject({
      revision: turn.revision + 1,
      seq: 3,
      failures: ['"failure"'],
      expansions: ['"expansion"'],
    })
  },
}
