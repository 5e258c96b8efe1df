import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A cancel is one event in the inbox, however often it is sent. */
export const cancelIsOneEvent: CoordinationStoreBehaviour = {
  name: 'a cancel is one event in the inbox, however often it is sent',
  run: async ({ store, open, expect }) => {
    const run = await open()
    expect(await store.cancel(run.ref.runId, 'enough', false)).toMatchObject({
      status: 'accepted',
      job: { runId: run.ref.runId },
    })
    await store.cancel(run.ref.runId, 'enough', false)
    const events = await run.inbox()
    expect(events.map((event) => [event.type, event.type === 'cancel' && event.reason])).toEqual([['cancel', 'enough']])
  },
}
