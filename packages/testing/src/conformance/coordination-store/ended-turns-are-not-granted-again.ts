import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A request for a turn that comes once more after the turn has ended takes no other one: nobody would know of it. */
export const endedTurnsAreNotGrantedAgain: CoordinationStoreBehaviour = {
  name: 'a request for a turn that comes once more after the turn has ended takes no other one',
  run: async ({ store, open, expect, unique }) => {
    const run = await open()
    const nonce = unique('nonce')
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    await run.commit(await run.takeTurn(nonce), { handled: ['e'] })
    await store.deliver(run.ref, { event: eventOf('later') }, undefined)
    expect((await store.deliver(run.ref, undefined, { nonce, limitMs: 1000 })).turn).toBe(undefined)
    expect((await run.takeTurn()).inbox.map(({ id }) => id)).toEqual(['later'])
  },
}
