import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A turn is handed at most 256 events at a time. */
export const turnsAreBounded: CoordinationStoreBehaviour = {
  name: 'a turn is handed at most 256 events at a time',
  run: async ({ store, open, expect }) => {
    const run = await open()
    for (let at = 0; at < 300; at++) await store.deliver(run.ref, { event: eventOf(`e${at}`) }, undefined)
    const turn = await run.takeTurn()
    expect(turn.inbox.length).toBe(256)
    const reply = await run.commit(turn, { handled: turn.inbox.map(({ id }) => id) }, true)
    expect(reply.status === 'committed' && reply.turn?.inbox.length).toBe(44)
  },
}
