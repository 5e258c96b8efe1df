import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Runs with the same nodes do not see each other. */
export const runsKeepApart: CoordinationStoreBehaviour = {
  name: 'runs with the same nodes do not see each other',
  run: async ({ store, open, expect }) => {
    const [one, two] = await Promise.all([
      open({ dispatches: [dispatchOf('a')], values: { v: '1' } }),
      open({ dispatches: [dispatchOf('a')], values: { v: '2' } }),
    ])
    await one.claim(one.jobs[0], 't')
    await one.settle(one.jobs[0], 't')
    expect((await two.claim(two.jobs[0], 't')).status).toBe('claimed')
    expect([await store.readValues(one.ref, ['v']), await store.readValues(two.ref, ['v'])]).toEqual([
      { v: '1' },
      { v: '2' },
    ])
    expect([(await one.inbox()).length, (await two.inbox()).length]).toEqual([1, 0])
  },
}
