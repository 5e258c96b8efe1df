import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** At any moment one holder has the turn, and the same nonce gets the same turn again. */
export const oneHolderAtATime: CoordinationStoreBehaviour = {
  name: 'at any moment one holder has the turn, and the same nonce gets the same turn again',
  run: async ({ store, request, expect }) => {
    const wanted = request()
    await store.start(wanted)
    const first = await store.deliver(wanted, undefined, { nonce: 'first', limitMs: 5000 })
    const second = await store.deliver(wanted, { event: eventOf('e') }, { nonce: 'second', limitMs: 5000 })
    expect([second.verdict, second.turn]).toEqual(['accepted', undefined])
    const again = await store.deliver(wanted, undefined, { nonce: 'first', limitMs: 5000 })
    expect(again.turn).toEqual(first.turn)
  },
}
