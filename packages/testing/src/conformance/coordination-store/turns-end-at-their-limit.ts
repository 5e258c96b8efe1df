import { eventOf, turnRef, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A turn past its limit is taken over under a higher fence, and its old holder is refused. */
export const turnsEndAtTheirLimit: CoordinationStoreBehaviour = {
  name: 'a turn past its limit is taken over under a higher fence, and its old holder is refused',
  run: async ({ store, open, expect, pass }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const old = await run.takeTurn('old', 100)
    await pass(150)
    const young = await run.takeTurn('young')
    expect(young.fence > old.fence).toBe(true)
    expect(young.inbox.map(({ id }) => id)).toEqual(['e'])
    expect(await run.commit(old, { handled: ['e'], values: { x: '1' } })).toEqual({ status: 'refused' })
    expect(await store.fetch(turnRef(run.ref, old), { values: ['x'] })).toEqual({ status: 'refused' })
    expect(await run.commit(young, { handled: ['e'] })).toMatchObject({ status: 'committed' })
    expect(await store.readValues(run.ref, ['x'])).toEqual({})
  },
}
