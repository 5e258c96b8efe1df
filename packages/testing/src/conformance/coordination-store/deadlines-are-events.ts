import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The deadline of a run becomes an event when its time has come. */
export const deadlinesAreEvents: CoordinationStoreBehaviour = {
  name: 'the deadline of a run becomes an event when its time has come',
  run: async ({ store, open, expect, pass }) => {
    const run = await open({}, { deadlineMs: 100 })
    await pass(150)
    await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    expect((await run.inbox())[0]).toMatchObject({ type: 'deadline', deadlineMs: 100 })
  },
}
