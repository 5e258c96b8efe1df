import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** An event that is delivered again while it waits is known. */
export const eventsAreTakenOnce: CoordinationStoreBehaviour = {
  name: 'an event that is delivered again while it waits is known',
  run: async ({ store, open, expect }) => {
    const run = await open()
    expect((await store.deliver(run.ref, { event: eventOf('e') }, undefined)).verdict).toBe('accepted')
    expect((await store.deliver(run.ref, { event: eventOf('e') }, undefined)).verdict).toBe('duplicate')
    expect((await run.inbox()).length).toBe(1)
  },
}
