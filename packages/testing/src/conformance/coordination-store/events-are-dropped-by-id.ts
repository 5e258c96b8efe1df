import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A commit drops the events that it names, and no others. */
export const eventsAreDroppedById: CoordinationStoreBehaviour = {
  name: 'a commit drops the events that it names, and no others',
  run: async ({ store, open, expect }) => {
    const run = await open()
    for (const id of ['a', 'b', 'c']) await store.deliver(run.ref, { event: eventOf(id) }, undefined)
    await run.commit(await run.takeTurn(), { handled: ['b'] })
    expect((await run.takeTurn()).inbox.map(({ id }) => id)).toEqual(['a', 'c'])
  },
}
