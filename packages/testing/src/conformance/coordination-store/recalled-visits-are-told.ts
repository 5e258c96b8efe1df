import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A run that stops recalls its visits: one event tells which had not begun, and what is claimed is attempted for the last time. */
export const recalledVisitsAreTold: CoordinationStoreBehaviour = {
  name: 'a run that stops recalls its visits: one event tells which had not begun, and what is claimed is attempted for the last time',
  run: async ({ store, open, expect, pass }) => {
    const options = { maxLostAttempts: 5, resendAfterMs: 100_000 }
    const ids = ['unclaimed', 'claimed', 'lost', 'cut']
    const run = await open({ dispatches: ids.map((id) => dispatchOf(id)) })
    const jobOf = (id: string) => run.jobs.find(({ visit }) => visit?.nodeId === id)
    const visitOf = (nodeId: string) => ({ nodeId, iteration: [] })
    await run.claim(jobOf('lost'), 't', { leaseMs: 50 })
    await pass(80)
    expect((await store.tend(run.ref.runId, options))?.jobs.length).toBe(1)
    await run.claim(jobOf('claimed'), 't', { leaseMs: 50 })
    await run.claim(jobOf('cut'), 't')
    await store.deliver(run.ref, { event: eventOf('one') }, undefined)
    await run.commit(await run.takeTurn(), { handled: ['one'], cutOff: ['cut'] })
    await store.deliver(run.ref, { event: eventOf('two') }, undefined)
    const reply = await run.commit(
      await run.takeTurn(),
      { handled: ['two'], recall: ['unclaimed', 'claimed', 'lost'] },
      true,
    )
    const [event, ...others] = reply.status === 'committed' ? (reply.turn?.inbox ?? []) : []
    expect(others).toEqual([])
    expect(event).toMatchObject({ type: 'recalled', lost: [visitOf('lost')], cutOff: [visitOf('cut')] })
    const unstarted = event?.type === 'recalled' ? event.unstarted : []
    expect(unstarted.map(({ nodeId }) => nodeId).toSorted()).toEqual(['lost', 'unclaimed'])
    expect([...(event?.touches ?? [])].toSorted()).toEqual(['v:lost', 'v:unclaimed'])
    expect((await run.claim(jobOf('unclaimed'), 'u')).status).toBe('stale')
    const { turn } = reply.status === 'committed' ? reply : {}
    if (turn !== undefined) await run.commit(turn, { handled: ['recalled'] })
    await pass(80)
    expect((await run.claim(jobOf('claimed'), 'other')).status).toBe('stale')
    expect(await store.tend(run.ref.runId, options)).toMatchObject({ jobs: [], needsTurn: true })
    expect(await run.inbox()).toMatchObject([{ type: 'lost', visit: visitOf('claimed'), lost: 1 }])
  },
}
