import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A commit that is sent again after its reply was lost answers the same and writes nothing twice. */
export const commitsSentAgainAnswerAgain: CoordinationStoreBehaviour = {
  name: 'a commit that is sent again after its reply was lost answers the same and writes nothing twice',
  run: async ({ store, open, expect }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const turn = await run.takeTurn()
    const changes = { handled: ['e'], journal: [{ fact: { type: 'warning' } }], dispatches: [dispatchOf('a')] }
    const reply = await run.commit(turn, changes)
    expect(await run.commit(turn, changes)).toEqual(reply)
    expect((await store.readRun(run.ref.runId))?.seq).toBe(1)
    expect((await store.readDispatches(run.ref)).length).toBe(1)
  },
}
