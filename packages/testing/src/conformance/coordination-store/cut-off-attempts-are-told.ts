import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The attempt of a visit that was cut off is told at its next renewal. */
export const cutOffAttemptsAreTold: CoordinationStoreBehaviour = {
  name: 'the attempt of a visit that was cut off is told at its next renewal',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('a')] })
    await run.claim(run.jobs[0], 't')
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    await run.commit(await run.takeTurn(), { handled: ['e'], dropped: ['a'] })
    expect(
      await store.renew({ ...run.ref, visitKey: 'a', dispatch: run.jobs[0]?.dispatch ?? 0, token: 't' }, 1000),
    ).toBe('abort')
    expect(await run.settle(run.jobs[0], 't')).toBe('rejected')
  },
}
