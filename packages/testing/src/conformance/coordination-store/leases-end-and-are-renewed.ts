import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A lease that is renewed goes on, one that is not ends, and its dispatch can be claimed by another. */
export const leasesEndAndAreRenewed: CoordinationStoreBehaviour = {
  name: 'a lease that is renewed goes on, one that is not ends, and its dispatch can be claimed by another',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const [job] = run.jobs
    const attempt = { ...run.ref, visitKey: 'a', dispatch: job?.dispatch ?? 0, token: 't' }
    await run.claim(job, 't', { leaseMs: 200 })
    await pass(120)
    expect(await store.renew(attempt, 200)).toBe('renewed')
    await pass(120)
    expect((await run.claim(job, 'other')).status).toBe('leased')
    await pass(150)
    expect((await run.claim(job, 'other')).status).toBe('claimed')
    expect(await store.renew(attempt, 200)).toBe('abort')
  },
}
