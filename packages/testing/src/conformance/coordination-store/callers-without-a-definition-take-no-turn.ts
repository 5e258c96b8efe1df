import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A caller that cannot drive the run delivers without taking the turn. */
export const callersWithoutADefinitionTakeNoTurn: CoordinationStoreBehaviour = {
  name: 'a caller that cannot drive the run delivers without taking the turn',
  run: async ({ store, open, expect }) => {
    const run = await open()
    expect(await store.deliver(run.ref, { event: eventOf('e') }, undefined)).toEqual({
      status: 'delivered',
      verdict: 'accepted',
    })
    expect((await run.takeTurn()).inbox.map(({ id }) => id)).toEqual(['e'])
  },
}
