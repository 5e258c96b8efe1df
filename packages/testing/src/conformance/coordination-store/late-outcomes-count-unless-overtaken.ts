import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The outcome of a lost attempt counts unless a later token has recorded something. */
export const lateOutcomesCountUnlessOvertaken: CoordinationStoreBehaviour = {
  name: 'the outcome of a lost attempt counts unless a later token has recorded something',
  run: async ({ store, open, expect, pass }) => {
    for (const hasRecorded of [false, true]) {
      const run = await open({ dispatches: [dispatchOf('a')] })
      await run.claim(run.jobs[0], 'slow', { leaseMs: 50 })
      await pass(80)
      await run.claim(run.jobs[0], 'next')
      const next = { ...run.ref, visitKey: 'a', dispatch: run.jobs[0]?.dispatch ?? 0, token: 'next' }
      if (hasRecorded) await store.recordStep(next, 'charge', '1')
      expect(await run.settle(run.jobs[0], 'slow')).toBe(hasRecorded ? 'rejected' : 'accepted')
    }
  },
}
