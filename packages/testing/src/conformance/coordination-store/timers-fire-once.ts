import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A timer fires once when its time has come, and resumes its visit. */
export const timersFireOnce: CoordinationStoreBehaviour = {
  name: 'a timer fires once when its time has come, and resumes its visit',
  run: async ({ store, open, expect, pass }) => {
    const visit = { nodeId: 'nap', iteration: [] }
    const run = await open({
      timers: [{ id: 'nap', name: 'nap', visit, attempt: 1, delayMs: 100, touches: ['v:nap'] }],
    })
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    expect(await store.tend(run.ref.runId, options)).toMatchObject({ needsTurn: false })
    await pass(150)
    await store.takeDue(100, 1000)
    expect(await store.tend(run.ref.runId, options)).toMatchObject({ needsTurn: true })
    await store.tend(run.ref.runId, options)
    const events = await run.inbox()
    expect(events.length).toBe(1)
    expect(events[0]).toMatchObject({
      type: 'resumed',
      visit,
      source: { type: 'timer', name: 'nap' },
      resumption: { type: 'fired' },
      touches: ['v:nap'],
    })
  },
}
