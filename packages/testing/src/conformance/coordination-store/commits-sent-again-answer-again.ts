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

/** A commit that is sent again after others have committed answers the same, apart from its turn, and writes nothing twice. */
export const commitsSentAgainLateAnswerAgain: CoordinationStoreBehaviour = {
  name: 'a commit that is sent again after others have committed answers its jobs and messages again, and writes nothing twice',
  run: async ({ store, open, expect, unique }) => {
    const run = await open()
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const turn = await run.takeTurn()
    const message = { id: 'm', type: 'cancel-child', childRunId: unique('child') } as const
    const changes = { handled: ['e'], dispatches: [dispatchOf('a')], messages: [message] }
    const reply = await run.commit(turn, changes)
    expect(reply).toMatchObject({ status: 'committed', messages: [message] })
    for (const event of ['f', 'g', 'h']) {
      await store.deliver(run.ref, { event: eventOf(event) }, undefined)
      await run.commit(await run.takeTurn(), { handled: [event] })
      expect(await run.commit(turn, changes)).toEqual(reply)
    }
    const head = await store.readRun(run.ref.runId)
    expect([head?.revision, (await store.readDispatches(run.ref)).length]).toEqual([turn.revision + 4, 1])
  },
}
