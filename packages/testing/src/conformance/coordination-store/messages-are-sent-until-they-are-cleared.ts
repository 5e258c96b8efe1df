import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A message to another run is sent again until it is cleared. */
export const messagesAreSentUntilTheyAreCleared: CoordinationStoreBehaviour = {
  name: 'a message to another run is sent again until it is cleared',
  run: async ({ store, open, expect, pass }) => {
    const message = { id: 'm1', type: 'cancel-child', childRunId: 'child' } as const
    const run = await open({ messages: [message] })
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    await pass(5100)
    expect((await store.tend(run.ref.runId, options))?.messages).toEqual([message])
    await store.clearMessage(run.ref, 'm1')
    await store.clearMessage(run.ref, 'm1')
    await pass(60_000)
    expect((await store.tend(run.ref.runId, options))?.messages).toEqual([])
  },
}
