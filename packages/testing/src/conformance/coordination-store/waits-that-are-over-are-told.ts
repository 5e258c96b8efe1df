import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** All waits of a run can be read with how they stand, those that are over too. */
export const waitsThatAreOverAreTold: CoordinationStoreBehaviour = {
  name: 'all waits of a run can be read with how they stand, those that are over too',
  run: async ({ store, open, expect, pass }) => {
    const waits = ['a', 'b', 'c', 'd'].map((nodeId) => ({
      wait: { waitId: `ok:${nodeId}`, name: 'ok', nodeId, iteration: [] },
      attempt: 1,
      touches: [],
      ...(nodeId === 'b' ? { timeoutMs: 100 } : {}),
    }))
    const run = await open({ waits })
    const statuses = async (): Promise<readonly string[]> =>
      (await store.readWaits(run.ref)).map(({ waitId, name, status }) => `${waitId} ${name} ${status}`)
    expect(await statuses()).toEqual(['ok:a ok open', 'ok:b ok open', 'ok:c ok open', 'ok:d ok open'])
    await run.answer('ok:a')
    await pass(150)
    await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    expect(await statuses()).toEqual(['ok:a ok answered', 'ok:b ok expired', 'ok:c ok open', 'ok:d ok open'])
    const turn = await run.takeTurn()
    await run.commit(turn, { handled: turn.inbox.map(({ id }) => id), end: { status: 'completed', journal: [] } })
    expect(await statuses()).toEqual(['ok:a ok answered', 'ok:b ok expired', 'ok:c ok cancelled', 'ok:d ok cancelled'])
    expect(await store.readWaits({ ...run.ref, incarnation: 'another' })).toEqual([])
  },
}
