import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A visit that was cut off waits for nothing any more: its attempt, waits, timers and child runs end, also those of the same commit. */
export const cutOffVisitsWaitForNothing: CoordinationStoreBehaviour = {
  name: 'a visit that was cut off waits for nothing any more: its attempt, waits, timers and child runs end, those of the same commit too',
  run: async ({ store, open, expect, pass }) => {
    const a = { nodeId: 'a', iteration: [] }
    const b = { nodeId: 'b', iteration: [] }
    const waitOf = (visit: typeof a, name: string) => ({
      wait: { waitId: `${name}:${visit.nodeId}`, name, ...visit },
      attempt: 1,
      timeoutMs: 50,
      touches: [],
    })
    const timerOf = (visit: typeof a) => ({
      id: `nap:${visit.nodeId}`,
      name: 'nap',
      visit,
      attempt: 1,
      delayMs: 50,
      touches: [],
    })
    const run = await open({
      dispatches: [dispatchOf('c')],
      waits: [waitOf(a, 'ask'), waitOf(b, 'ask')],
      timers: [timerOf(a), { ...timerOf(a), id: 'timeout', isUntold: true }, timerOf(b)],
      children: [
        { childRunId: 'of-a', visit: a },
        { childRunId: 'of-b', visit: b },
      ],
    })
    await run.claim(run.jobs[0], 't')
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const reply = await run.commit(await run.takeTurn(), {
      handled: ['e'],
      waits: [waitOf(a, 'late')],
      children: [{ childRunId: 'late', visit: a }],
      cutOff: ['a', 'c'],
    })
    const cancelled = reply.status === 'committed' ? reply.messages : []
    expect(cancelled.map(({ type }) => type)).toEqual(['cancel-child', 'cancel-child'])
    expect(new Set(cancelled.map((message) => 'childRunId' in message && message.childRunId))).toEqual(
      new Set(['late', 'of-a']),
    )
    const head = await store.readRun(run.ref.runId)
    expect([head?.children, head?.waits.map(({ waitId }) => waitId)]).toEqual([['of-b'], ['ask:b']])
    expect(await run.answer('ask:a')).toBe('not-open')
    expect(await run.settle(run.jobs[0], 't')).toBe('rejected')
    const facts = (await store.readJournal(run.ref, 0, 100)).map(({ fact }) => fact)
    const waits = facts.filter(({ type }) => type === 'wait.cancelled').map((fact) => fact['waitId'])
    expect(new Set(waits)).toEqual(new Set(['ask:a', 'late:a']))
    // What limits the time of a child run is no timer that was told of.
    expect(facts.filter(({ type }) => type === 'timer.cancelled')).toEqual([
      { type: 'timer.cancelled', ...a, name: 'nap' },
    ])
    await pass(80)
    await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 1000 })
    const visits = (await run.inbox()).map((event) => (event.type === 'resumed' ? event.visit.nodeId : event.type))
    expect(visits).toEqual(['b', 'b'])
  },
}
