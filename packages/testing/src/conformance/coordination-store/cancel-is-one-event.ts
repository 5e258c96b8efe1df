import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

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

/** Once a cancellation waits in the inbox, visits that nobody attempts do not begin; attempts under way go on. */
export const nothingBeginsBeforeACancel: CoordinationStoreBehaviour = {
  name: 'once a run is asked to be cancelled no visit begins, and attempts that have begun go on until the run hears of it',
  run: async ({ store, open, expect }) => {
    const run = await open({ dispatches: [dispatchOf('begun'), dispatchOf('waiting')] })
    const [begun, waiting] = run.jobs
    expect(await run.claim(begun, 'one')).toMatchObject({ status: 'claimed' })
    await store.cancel(run.ref.runId, 'enough', false)
    expect(await run.claim(waiting, 'two')).toEqual({ status: 'stale' })
    expect(await run.claim(begun, 'one')).toMatchObject({ status: 'claimed' })
    expect(await run.settle(begun, 'one')).toBe('accepted')
    const turn = await run.takeTurn()
    await run.commit(turn, { handled: turn.inbox.map(({ id }) => id), dropped: ['begun'] })
    expect(await run.claim(waiting, 'two')).toMatchObject({ status: 'claimed' })
  },
}
