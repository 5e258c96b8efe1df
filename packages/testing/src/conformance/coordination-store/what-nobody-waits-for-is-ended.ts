import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** Waits, timers and child runs that nobody waits for any more are ended in one commit: none of them brings an event. */
export const whatNobodyWaitsForIsEnded: CoordinationStoreBehaviour = {
  name: 'waits, timers and child runs that nobody waits for any more are ended in one commit: none of them brings an event',
  run: async ({ store, open, expect, pass }) => {
    const visit = { nodeId: 'a', iteration: [] }
    const of = { attempt: 1, touches: ['v:a'] }
    const wait = { wait: { waitId: 'x:a', name: 'x', ...visit }, call: 'x', timeoutMs: 100, ...of }
    const run = await open({
      waits: [wait, { ...wait, wait: { ...wait.wait, waitId: 'x:a#1' } }],
      timers: [{ id: 'nap:a', name: 'nap', visit, call: 'nap', delayMs: 100, ...of }],
      children: [{ childRunId: 'child', visit, call: 'sub' }],
    })
    await store.deliver(run.ref, { event: { id: 'e', touches: [], type: 'cancel' } }, undefined)
    const turn = await run.takeTurn()
    const endedWaiting = { waits: ['x:a', 'x:a#1', 'unknown'], timers: ['nap:a'], children: ['child', 'unknown'] }
    // One of the ids is opened again by the same commit.
    await run.commit(turn, { handled: ['e'], endedWaiting, waits: [{ ...wait, timeoutMs: 10_000 }] })
    expect((await store.readRun(run.ref.runId))?.waits.map(({ waitId }) => waitId)).toEqual(['x:a'])
    expect((await store.readRun(run.ref.runId))?.children).toEqual([])
    expect(await run.answer('x:a#1')).toBe('not-open')
    await pass(150)
    await store.takeDue(100, 1000)
    const options = { maxLostAttempts: 5, resendAfterMs: 1000 }
    expect(await store.tend(run.ref.runId, options)).toMatchObject({ needsTurn: false })
    const settled = {
      id: 'c',
      touches: [],
      type: 'resumed',
      visit,
      attempt: 1,
      source: { type: 'child', childRunId: 'child', status: 'completed', call: 'sub' },
      resumption: { type: 'child-completed' },
    } as const
    expect((await store.deliver(run.ref, { event: settled }, undefined)).verdict).toBe('duplicate')
    expect(await run.answer('x')).toBe('accepted')
  },
}
