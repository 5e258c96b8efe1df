import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** The durable call that a wait, a timer or a child run belongs to is named in the event about its end, and where children are read. */
export const callsAreNamedInTheirEvents: CoordinationStoreBehaviour = {
  name: 'the durable call that a wait, a timer or a child run belongs to is named in the event about its end, and where children are read',
  run: async ({ store, open, expect, pass }) => {
    const visit = { nodeId: 'a', iteration: [] }
    const of = { attempt: 1, touches: ['v:a'] }
    const waitOf = (name: string) => ({ waitId: `${name}:a`, name, ...visit })
    const run = await open({
      waits: [
        { wait: waitOf('asked'), call: 'asked', ...of },
        { wait: waitOf('late'), call: 'late', timeoutMs: 100, ...of },
      ],
      timers: [{ id: 'nap:a', name: 'nap', visit, call: 'nap#1', delayMs: 100, ...of }],
      children: [{ childRunId: 'child', visit, call: 'sub' }],
    })
    await run.answer('asked')
    await pass(150)
    await store.takeDue(100, 1000)
    await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    const calls = (await run.inbox()).map((event) => (event.type === 'resumed' ? (event.source.call ?? '') : ''))
    expect(new Set(calls)).toEqual(new Set(['asked', 'late', 'nap#1']))
    expect(calls.length).toBe(3)
    expect(await store.readChildren(run.ref)).toEqual([{ childRunId: 'child', visit, call: 'sub' }])
  },
}
