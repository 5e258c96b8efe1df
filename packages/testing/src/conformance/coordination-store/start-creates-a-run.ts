import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

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
      job: { runId: wanted.runId, definitionHash: 'hash' },
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
