import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An attempt whose lease has ended gets a new dispatch, until too many were lost. */
export const lostAttemptsAreDispatchedAgain: CoordinationStoreBehaviour = {
  name: 'an attempt whose lease has ended gets a new dispatch, until too many were lost',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    let [job] = run.jobs
    for (let lost = 1; lost <= 2; lost++) {
      await run.claim(job, `t${lost}`, { leaseMs: 50 })
      await pass(80)
      const tended = await store.tend(run.ref.runId, { maxLostAttempts: 2, resendAfterMs: 1000 })
      const again = tended?.jobs[0]
      expect([tended?.jobs.length, again?.visit?.nodeId, Number(again?.dispatch) > Number(job?.dispatch)]).toEqual([
        1,
        'a',
        true,
      ])
      expect((await run.claim(job, 'old')).status).toBe('stale')
      job = again
    }
    await run.claim(job, 't3', { leaseMs: 50 })
    await pass(80)
    expect(await store.tend(run.ref.runId, { maxLostAttempts: 2, resendAfterMs: 1000 })).toMatchObject({
      jobs: [],
      needsTurn: true,
    })
    const events = await run.inbox()
    expect([events.length, events[0]]).toMatchObject([1, { type: 'lost', visit: { nodeId: 'a' }, lost: 3 }])
  },
}
