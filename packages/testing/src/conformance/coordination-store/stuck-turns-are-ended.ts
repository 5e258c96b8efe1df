import { eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Tending ends a turn past its limit, and says that somebody has to take it. */
export const stuckTurnsAreEnded: CoordinationStoreBehaviour = {
  name: 'tending ends a turn past its limit, and says that somebody has to take it',
  run: async ({ store, open, expect, pass }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    await run.takeTurn('stuck', 100)
    await pass(150)
    expect(await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })).toMatchObject({
      ...run.ref,
      definitionHash: 'hash',
      needsTurn: true,
    })
  },
}
