import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A job that nobody claims is sent again after a while, under the same dispatch, and then less and less often. */
export const unclaimedJobsAreSentAgain: CoordinationStoreBehaviour = {
  name: 'a job that nobody claims is sent again after a while, under the same dispatch, and then less and less often',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    const sent = async (): Promise<readonly string[]> =>
      (await store.tend(run.ref.runId, options))?.jobs.map(({ id }) => id) ?? []
    expect(await sent()).toEqual([])
    await pass(5100)
    expect(await sent()).toEqual([run.jobs[0]?.id])
    // The first copy may have gone to a queue that held a dead worker's job of the same id.
    await pass(5100)
    expect(await sent()).toEqual([run.jobs[0]?.id])
    await pass(5100)
    expect(await sent()).toEqual([])
    await pass(5100)
    expect(await sent()).toEqual([run.jobs[0]?.id])
  },
}
