import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An outcome tells whether there were other attempts of its dispatch, or of one that it repeats. */
export const outcomesTellOfTheirTwins: CoordinationStoreBehaviour = {
  name: 'an outcome tells whether there were other attempts of its dispatch, or of one that it repeats',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: ['only', 'reclaimed', 'again'].map((id) => dispatchOf(id)) })
    const [only, reclaimed, again] = run.jobs
    await run.claim(only, 't')
    await run.claim(reclaimed, 't1', { leaseMs: 50 })
    await pass(80)
    await run.claim(reclaimed, 't2')
    await run.claim(again, 't1', { leaseMs: 50 })
    await pass(80)
    const tended = await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 100_000 })
    const repeated = tended?.jobs.find(({ visit }) => visit?.nodeId === 'again')
    await run.claim(repeated, 't2')
    await run.settle(only, 't')
    await run.settle(reclaimed, 't2')
    await run.settle(repeated, 't2')
    const told = (await run.inbox()).map((event) => event.type === 'outcome' && [event.visit.nodeId, event.hasTwins])
    expect(told).toEqual([
      ['only', undefined],
      ['reclaimed', true],
      ['again', true],
    ])
  },
}
