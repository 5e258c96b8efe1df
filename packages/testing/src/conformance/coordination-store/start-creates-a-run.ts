import { dispatchOf, type CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A started run is live, due at once, and has its beginning in the inbox and in its journal. */
export const startCreatesARun: CoordinationStoreBehaviour = {
  name: 'a started run is live, due at once, and has its beginning in the inbox and in its journal',
  run: async ({ store, request, expect, unique }) => {
    const started = { fact: { type: 'run.started' }, values: { input: 'input' }, texts: { context: '{}' } }
    const wanted = request({ shared: { n: '1' }, onFailure: 'continue', journal: [started] })
    const reply = await store.start(wanted)
    expect(reply).toMatchObject({
      status: 'started',
      incarnation: wanted.incarnation,
      jobs: [{ runId: wanted.runId, definitionHash: 'hash' }],
    })
    const ref = { runId: wanted.runId, incarnation: wanted.incarnation }
    const head = await store.readRun(wanted.runId)
    expect(head).toMatchObject({
      ...ref,
      status: 'live',
      revision: 0,
      seq: 1,
      onFailure: 'continue',
      waits: [],
      children: [],
    })
    expect(await store.readJournal(ref, 0, 10)).toEqual([{ ...started, seq: 1, at: head?.startedAt }])
    expect(await store.readValues(ref, ['input', 'ghost'])).toEqual({ input: '"input"' })
    expect(await store.readCells(ref, ['s:n', 's:ghost'])).toEqual({ 's:n': { version: 0, text: '1' } })
    const { turn } = await store.deliver(ref, undefined, { nonce: unique('nonce'), limitMs: 1000 })
    expect(turn?.inbox.map(({ type }) => type)).toEqual(['begin'])
    expect(turn).toMatchObject({
      revision: 0,
      workflowId: 'conformance',
      definitionHash: 'hash',
      onFailure: 'continue',
      cells: { run: null },
    })
  },
}

/** A beginning that was decided is written with the run, and whatever it dispatches can be claimed, without a turn. */
export const decidedBeginningsAreWritten: CoordinationStoreBehaviour = {
  name: 'a beginning that was decided is written with the run, its dispatches can be claimed at once, and there is no turn for it',
  run: async ({ store, request, expect, unique }) => {
    const ready = { fact: { type: 'node.ready', nodeId: 'a', iteration: [], attempt: 1 } }
    const beginning = {
      nonce: unique('nonce'),
      cells: { run: { phase: 'live' as const, live: 2 }, 'v:a': { status: 1 } },
      journal: [ready],
      dispatches: [dispatchOf('a'), dispatchOf('b', { priority: 3 })],
    }
    const wanted = request({ journal: [{ fact: { type: 'run.started' } }], beginning })
    const reply = await store.start(wanted)
    const jobs = reply.status === 'started' ? reply.jobs : []
    expect(jobs).toMatchObject([
      {
        runId: wanted.runId,
        incarnation: wanted.incarnation,
        definitionHash: 'hash',
        visit: { nodeId: 'a' },
        dispatch: 1,
      },
      { visit: { nodeId: 'b' }, dispatch: 2, priority: 3 },
    ])
    const ref = { runId: wanted.runId, incarnation: wanted.incarnation }
    expect(await store.readRun(wanted.runId)).toMatchObject({ status: 'live', revision: 1, seq: 2, underWay: 2 })
    expect(await store.readJournal(ref, 1, 10)).toMatchObject([{ ...ready, seq: 2 }])
    const { turn } = await store.deliver(ref, undefined, { nonce: unique('nonce'), limitMs: 1000 })
    expect(turn).toBe(undefined)
    const token = unique('token')
    const claim = { ...ref, visitKey: 'a', dispatch: 1, token, leaseMs: 8000, cells: [], values: [], touches: ['v:a'] }
    expect(await store.claim(claim)).toMatchObject({
      status: 'claimed',
      started: { seq: 3 },
      standing: {
        revision: 1,
        writtenBy: beginning.nonce,
        cells: { run: beginning.cells.run, 'v:a': beginning.cells['v:a'] },
      },
    })
  },
}

/** A start with its beginning that is sent again answers the same jobs and begins nothing again. */
export const decidedBeginningsAreWrittenOnce: CoordinationStoreBehaviour = {
  name: 'a start that is sent again answers the same jobs and begins nothing again, and the start of somebody else wakes a worker',
  run: async ({ store, request, expect, unique }) => {
    const beginning = { nonce: unique('nonce'), cells: {}, journal: [], dispatches: [dispatchOf('a')] }
    const wanted = request({ beginning })
    const first = await store.start(wanted)
    const jobs = first.status === 'started' ? first.jobs : []
    expect(jobs.length).toBe(1)
    expect(await store.start(wanted)).toEqual({ status: 'existing', incarnation: wanted.incarnation, jobs })
    const other = { ...wanted, incarnation: unique('incarnation'), beginning: { ...beginning, nonce: unique('nonce') } }
    const reply = await store.start(other)
    expect(reply).toMatchObject({ status: 'existing', incarnation: wanted.incarnation })
    expect(reply.status === 'existing' && reply.jobs.map(({ visit }) => visit)).toEqual([undefined])
    expect(await store.readRun(wanted.runId)).toMatchObject({ revision: 1, underWay: 1 })
  },
}

/** Dispatches of a beginning whose jobs were lost with who started the run are found by the sweeper. */
export const decidedBeginningsAreFound: CoordinationStoreBehaviour = {
  name: 'a run that nobody was woken for after its start is due, and its first jobs are told again',
  run: async ({ store, request, expect, pass, unique }) => {
    const beginning = { nonce: unique('nonce'), cells: {}, journal: [], dispatches: [dispatchOf('a')] }
    const wanted = request({ beginning })
    await store.start(wanted)
    const options = { maxLostAttempts: 3, resendAfterMs: 5000 }
    expect((await store.tend(wanted.runId, options))?.jobs).toEqual([])
    await pass(5001)
    const later = await store.tend(wanted.runId, options)
    expect(later?.jobs).toMatchObject([{ visit: { nodeId: 'a' }, dispatch: 1 }])
  },
}
