import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** There is no turn to be had while the inbox is empty. */
export const noTurnWithoutEvents: CoordinationStoreBehaviour = {
  name: 'there is no turn to be had while the inbox is empty',
  run: async ({ store, open, expect, unique }) => {
    const { ref } = await open()
    expect((await store.deliver(ref, undefined, { nonce: unique('nonce'), limitMs: 1000 })).turn).toBe(undefined)
  },
}
