import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A run that is due is handed to one taker, and is due again if the taker does nothing. */
export const dueRunsAreTakenForAWhile: CoordinationStoreBehaviour = {
  name: 'a run that is due is handed to one taker, and is due again if the taker does nothing',
  run: async ({ store, open, expect, pass }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const isDue = async (): Promise<boolean> => (await store.takeDue(1000, 200)).runIds.includes(run.ref.runId)
    expect([await isDue(), await isDue()]).toEqual([true, false])
    await pass(250)
    expect(await isDue()).toBe(true)
  },
}
