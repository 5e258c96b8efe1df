import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A job that nobody claims is sent again after a while, under the same dispatch. */
export const unclaimedJobsAreSentAgain: CoordinationStoreBehaviour = {
  name: 'a job that nobody claims is sent again after a while, under the same dispatch',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    expect((await store.tend(run.ref.runId, options))?.jobs).toEqual([])
    await pass(5100)
    expect((await store.tend(run.ref.runId, options))?.jobs.map(({ id }) => id)).toEqual([run.jobs[0]?.id])
  },
}
