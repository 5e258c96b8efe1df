import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A dispatch is claimed by one token, which gets the same claim again, and its start is journalled once. */
export const dispatchesAreClaimedOnce: CoordinationStoreBehaviour = {
  name: 'a dispatch is claimed by one token, which gets the same claim again, and its start is journalled once',
  run: async ({ store, open, expect }) => {
    const run = await open(
      { dispatches: [dispatchOf('a')], values: { v: '7' }, cells: { 'v:a': { status: 1 } } },
      { shared: { k: '1' } },
    )
    const [job] = run.jobs
    expect(job).toMatchObject({ runId: run.ref.runId, definitionHash: 'hash', visit: { nodeId: 'a', iteration: [] } })
    const fields = { cells: ['v:a', 'v:b'], values: ['v', 'ghost'] }
    const claim = await run.claim(job, 'token', fields)
    expect(claim).toMatchObject({
      status: 'claimed',
      attempt: 1,
      input: '"input"',
      cells: { 'v:a': { status: 1 }, 'v:b': null },
      values: { v: '7' },
      shared: { k: { text: '1' } },
      steps: {},
    })
    expect(await run.claim(job, 'other')).toEqual({ status: 'leased' })
    expect(await run.claim(job, 'token', fields)).toEqual(claim)
    expect((await store.readJournal(run.ref, 0, 10)).map(({ fact }) => [fact.type, fact['nodeId']])).toEqual([
      ['node.started', 'a'],
    ])
    expect((await store.readDispatches(run.ref)).map(({ isClaimed, attempt }) => [isClaimed, attempt])).toEqual([
      [true, 1],
    ])
  },
}
