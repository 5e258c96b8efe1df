import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A step is recorded once by name, comes with later claims, and is refused for another token. */
export const stepsAreRecordedOnce: CoordinationStoreBehaviour = {
  name: 'a step is recorded once by name, comes with later claims, and is refused for another token',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    const attempt = { ...run.ref, visitKey: 'a', dispatch: run.jobs[0]?.dispatch ?? 0, token: 't' }
    await run.claim(run.jobs[0], 't', { leaseMs: 100 })
    expect(await store.recordStep(attempt, 'charge', '1')).toBe('recorded')
    expect(await store.recordStep(attempt, 'charge', '2')).toBe('existing')
    expect(await store.recordStep({ ...attempt, token: 'other' }, 'charge', '3')).toBe('stale')
    await pass(150)
    expect(await run.claim(run.jobs[0], 'next')).toMatchObject({ status: 'claimed', steps: { charge: '1' } })
    expect(await store.recordStep(attempt, 'late', '1')).toBe('stale')
  },
}
