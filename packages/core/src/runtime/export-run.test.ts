import { describe, expect, it } from 'vitest'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { exportRun, importRun, type RunExport } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [
    { id: 'first', uses: 'first' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
  ],
  edges: [{ source: 'first', target: 'sub' }],
}

async function exportedRun(): Promise<RunExport> {
  const store = memoryJournalStore()
  const options = { registry: { first: () => new Date(0) }, blueprints: { child } }
  await new FlowRuntime({ ...options, store }).run(parent, { big: 1n }, { runId: 'p' })
  return JSON.parse(JSON.stringify(await exportRun(store, 'p'))) as RunExport
}

/** The export with other fields in one of its entries. */
function changed(run: RunExport, at: number, fields: object): unknown {
  return { ...run, entries: run.entries.map((entry, place) => (place === at ? { ...entry, ...fields } : entry)) }
}

describe('an exported run', () => {
  it('is rebuilt elsewhere with its child runs, and goes on there', async () => {
    const store = memoryJournalStore()
    expect(await importRun(store, await exportedRun())).toBe('p')
    const calls: string[] = []
    const registry = { first: ({ nodeId }: NodeContext) => calls.push(nodeId) }
    const run = new FlowRuntime({ registry, blueprints: { child }, store }).open(parent, 'p')
    await run.status()
    await run.resume('ask', 'yes')
    expect(await run.result()).toMatchObject({ status: 'completed', outputs: { first: new Date(0), sub: 'yes' } })
    expect(calls).toEqual([])
  })

  it('is the same after another export', async () => {
    const exported = await exportedRun()
    const store = memoryJournalStore()
    await importRun(store, exported)
    expect(await exportRun(store, 'p')).toEqual(exported)
  })

  it('is refused where there is a run of its id', async () => {
    const store = memoryJournalStore()
    const exported = await exportedRun()
    await importRun(store, exported)
    await expect(importRun(store, exported)).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
  })

  it.each([
    ['is nothing of the kind', () => ({}) as RunExport, 'JOURNAL_CORRUPT'],
    ['is of a newer version', (run: RunExport) => ({ ...run, format: 2 as 1 }), 'STORE_FORMAT'],
    ['lacks an entry', (run: RunExport) => ({ ...run, entries: run.entries.toSpliced(2, 1) }), 'JOURNAL_CORRUPT'],
    ['lacks its beginning', (run: RunExport) => ({ ...run, entries: run.entries.slice(1) }), 'JOURNAL_CORRUPT'],
    ['has no entries', (run: RunExport) => ({ ...run, entries: [] }), 'JOURNAL_CORRUPT'],
  ])('is refused if it %s', async (_how, change, code) => {
    const exported = change(await exportedRun())
    await expect(importRun(memoryJournalStore(), exported)).rejects.toMatchObject({ code })
  })

  it.each([
    ['entries', (run: RunExport) => ({ ...run, entries: [null] })],
    ['entries', (run: RunExport) => ({ ...run, entries: 'abc' })],
    ['entries', (run: RunExport) => ({ ...run, entries: null })],
    ['children', ({ children: _children, ...run }: RunExport) => run],
    ['children[0]', (run: RunExport) => ({ ...run, children: [null] })],
    ['children[0].entries', (run: RunExport) => ({ ...run, children: [{ runId: 'x' }] })],
    ['children[0]', (run: RunExport) => ({ ...run, children: [{ runId: run.runId, entries: run.entries }] })],
    ['runId', (run: RunExport) => ({ ...run, runId: 5 })],
    ['entries[1].at', (run: RunExport) => changed(run, 1, { at: 'yesterday' })],
    ['entries[1].fact', (run: RunExport) => changed(run, 1, { fact: undefined })],
    [
      'entries[1].fact.iteration',
      (run: RunExport) => changed(run, 1, { fact: { type: 'node.ready', nodeId: 'first' } }),
    ],
    ['entries[1].texts.output', (run: RunExport) => changed(run, 1, { texts: { output: 5 } })],
  ])('is refused if "%s" is no such thing', async (field, change) => {
    const store = memoryJournalStore()
    const exported = await exportedRun()
    const broken = importRun(store, change(exported) as RunExport)
    await expect(broken).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining(`"${field}`) as string,
    })
    expect(await importRun(store, exported)).toBe('p')
  })

  it.each([null, undefined, 5, [], {}])('is refused if it is %s', async (given) => {
    const broken = importRun(memoryJournalStore(), given as RunExport)
    await expect(broken).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
  })

  it('tells of a value that cannot be read when it is opened', async () => {
    const store = memoryJournalStore()
    await importRun(store, changed(await exportedRun(), 0, { texts: { input: '{not json' } }) as RunExport)
    const run = new FlowRuntime({ registry: { first: () => 0 }, blueprints: { child }, store }).open(parent, 'p')
    await expect(run.status()).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining('"input" of run.started') as string,
    })
  })

  it('is imported at the second go if the first one broke off behind a child run', async () => {
    const exported = await exportedRun()
    const store = memoryJournalStore()
    const [first] = exported.children
    const journal = await store.create(first?.runId ?? '')
    void journal.append(first?.entries ?? [])
    await journal.close()
    expect(await importRun(store, exported)).toBe('p')
    expect(await exportRun(store, 'p')).toEqual(exported)
  })

  it('is refused where there is another child run of the id of one of its own', async () => {
    const exported = await exportedRun()
    const store = memoryJournalStore()
    const [first] = exported.children
    const journal = await store.create(first?.runId ?? '')
    void journal.append(first?.entries.slice(0, 1) ?? [])
    await journal.close()
    await expect(importRun(store, exported)).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
    expect(await store.readEntries('p', 0, 1)).toBeUndefined()
  })

  it('needs a run that the store has', async () => {
    await expect(exportRun(memoryJournalStore(), 'p')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
  })
})
