import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Tending says that an inbox has to be handled, and again a while later if nobody does. */
export const inboxesThatNobodyHandlesAreToldAgain: CoordinationStoreBehaviour = {
  name: 'tending says that an inbox has to be handled, and again a while later if nobody does',
  run: async ({ store, open, expect, pass }) => {
    const run = await open()
    const { runId } = run.ref
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    const isDue = async (): Promise<boolean> => (await store.takeDue(1000, 5000)).runIds.includes(runId)
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    expect([await isDue(), (await store.tend(runId, options))?.needsTurn]).toEqual([true, true])
    expect([(await store.tend(runId, options))?.needsTurn, await isDue()]).toEqual([true, false])
    await pass(1100)
    expect([await isDue(), (await store.tend(runId, options))?.needsTurn]).toEqual([true, true])
  },
}
