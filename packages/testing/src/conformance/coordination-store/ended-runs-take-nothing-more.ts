import { dispatchOf, eventOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A run that has ended keeps what it has, and takes nothing more. */
export const endedRunsTakeNothingMore: CoordinationStoreBehaviour = {
  name: 'a run that has ended keeps what it has, and takes nothing more',
  run: async ({ store, open, expect }) => {
    const wait = { waitId: 'ok:ask', name: 'ok', nodeId: 'ask', iteration: [] }
    const run = await open({
      dispatches: [dispatchOf('a'), dispatchOf('b'), dispatchOf('c')],
      waits: [{ wait, attempt: 1, touches: [] }],
    })
    const [a, b, c] = run.jobs
    await run.claim(a, 't')
    await run.claim(c, 't')
    await run.settle(a, 't')
    const turn = await run.takeTurn()
    await run.commit(turn, {
      handled: turn.inbox.map(({ id }) => id),
      values: { out: '5' },
      end: { status: 'completed', outputValue: 'out', journal: [{ fact: { type: 'run.completed' } }] },
    })
    expect(await store.readRun(run.ref.runId)).toMatchObject({
      status: 'completed',
      outputValue: 'out',
      underWay: 0,
      waits: [],
    })
    expect(typeof (await store.readRun(run.ref.runId))?.endedAt).toBe('number')
    expect((await store.readJournal(run.ref, 0, 100)).at(-1)?.fact.type).toBe('run.completed')
    expect([(await run.claim(b, 't')).status, await run.settle(b, 't'), await run.answer('ok')]).toEqual([
      'stale',
      'rejected',
      'not-open',
    ])
    const attempt = { ...run.ref, visitKey: 'c', dispatch: c?.dispatch ?? 0, token: 't' }
    expect([await store.renew(attempt, 1000), await run.settle(c, 't')]).toEqual(['abort', 'rejected'])
    expect((await store.deliver(run.ref, { event: eventOf('e') }, { nonce: 'n', limitMs: 1000 })).verdict).toBe(
      'rejected',
    )
    expect(await store.cancel(run.ref.runId, undefined, false)).toEqual({ status: 'ended' })
    expect(await store.start(run.request)).toMatchObject({ status: 'existing' })
  },
}
