import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An outcome that comes after its visit was dispatched again is refused, and its values are not stored. */
export const outcomesOfOldDispatchesAreRefused: CoordinationStoreBehaviour = {
  name: 'an outcome that comes after its visit was dispatched again is refused, and its values are not stored',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    await run.claim(job, 'slow', { leaseMs: 50 })
    await pass(80)
    const tended = await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    expect(await run.settle(job, 'slow', { status: 'completed' }, { 'o:a': '"late"' })).toBe('rejected')
    expect(await store.readValues(run.ref, ['o:a'])).toEqual({})
    expect(await run.claim(tended?.jobs[0], 'next')).toMatchObject({ status: 'claimed', attempt: 1 })
  },
}
