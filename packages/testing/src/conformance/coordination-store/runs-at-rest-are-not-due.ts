import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A run that only waits for something external is not due, and says so. */
export const runsAtRestAreNotDue: CoordinationStoreBehaviour = {
  name: 'a run that only waits for something external is not due, and says so',
  run: async ({ store, open, expect }) => {
    const wait = { waitId: 'ok:ask', name: 'ok', nodeId: 'ask', iteration: [] }
    const run = await open({ waits: [{ wait, attempt: 1, touches: [] }] })
    const head = await store.readRun(run.ref.runId)
    expect([head?.underWay, head?.dueAt]).toEqual([0, undefined])
    expect((await store.takeDue(1000, 1)).runIds.includes(run.ref.runId)).toBe(false)
  },
}
