import { eventOf, turnRef, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A turn that fails three times stalls the run with the reason, until it is tried again later. */
export const failingTurnsStallTheRun: CoordinationStoreBehaviour = {
  name: 'a turn that fails three times stalls the run with the reason, until it is tried again later',
  run: async ({ store, open, expect, pass, unique }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('poison') }, undefined)
    for (let time = 0; time < 3; time++) {
      await store.failTurn(turnRef(run.ref, await run.takeTurn()), 'the kernel threw')
    }
    expect((await store.readRun(run.ref.runId))?.stalledBy).toBe('the kernel threw')
    expect((await store.deliver(run.ref, undefined, { nonce: unique('nonce'), limitMs: 1000 })).turn).toBe(undefined)
    await pass(1500)
    const turn = await run.takeTurn()
    await run.commit(turn, { handled: ['poison'] })
    expect((await store.readRun(run.ref.runId))?.stalledBy).toBe(undefined)
  },
}
