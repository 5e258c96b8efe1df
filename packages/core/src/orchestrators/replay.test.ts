import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import { Timeline } from '../traversal/timeline.ts'
import { ReplayOrchestrator, type ReplayOptions } from './replay.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'c', uses: 'one' }], edges: [] }
const sub: WorkflowBlueprint = {
  id: 'sub',
  nodes: [{ id: 's', uses: 'subflow', params: { blueprintId: 'child' } }],
  edges: [],
}
const line = graphOf(['a>b', 'b>c'])
const one = (context: NodeContext): number => {
  context.progress(0.5)
  return 1
}
const registry = { one, a: one, b: one, c: one }
const runtimeOf = (known: WorkflowBlueprint = child): FlowRuntime =>
  new FlowRuntime({ registry, blueprints: { child: known } })

async function record(blueprint: WorkflowBlueprint): Promise<readonly RunEvent[]> {
  const run = await runtimeOf().start(blueprint, 1, { journal: true, runId: 'r' })
  await run.result()
  return run.journal()
}

function replay(
  blueprint: WorkflowBlueprint,
  journal: readonly RunEvent[],
  options?: ReplayOptions,
  runtime = runtimeOf(),
): Promise<WorkflowResult> {
  const { traverser, executorFactory, state, services } = runtime.prepare(blueprint)
  const orchestrator = new ReplayOrchestrator(journal, options)
  return orchestrator.run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
}

const errorOf = (look: () => unknown): unknown => {
  try {
    look()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a journal is replayed, folded and looked back at', () => {
  it('as it is, up to any of its events, and with what was told to listeners only', async () => {
    const journal = await record(line)
    await expect(replay(line, journal)).resolves.toMatchObject({ status: 'completed', outputs: { a: 1, b: 1, c: 1 } })
    await expect(replay(line, journal, { until: 4 })).resolves.toMatchObject({ status: 'stalled', outputs: { a: 1 } })
    const events: RunEvent[] = []
    const runtime = runtimeOf()
    runtime.eventBus.on('*', (event) => events.push(event))
    await runtime.run(line, 1)
    expect(events.some(({ type }) => type === 'node.progress')).toBe(true)
    await expect(replay(line, events)).resolves.toMatchObject({ status: 'completed' })
  })

  it.each<[string, (journal: readonly RunEvent[]) => readonly RunEvent[], number]>([
    ['without an event in its middle', (journal) => journal.toSpliced(4, 1), 6],
    ['without the events of a node', (journal) => journal.filter((e) => !('nodeId' in e && e.nodeId === 'b')), 9],
    ['with an event that stands there twice', (journal) => journal.toSpliced(4, 0, journal[4] as RunEvent), 5],
    ['backwards', (journal) => journal.toReversed(), 12],
    ['of two runs', (journal) => journal.with(6, { ...(journal[6] as RunEvent), runId: 'other' }), 7],
    ['that begins with something else', (journal) => journal.with(0, { ...(journal[1] as RunEvent), seq: 1 }), 1],
  ])('not %s', async (_what, change, seq) => {
    const journal = change(await record(line))
    const expected = { code: 'JOURNAL_CORRUPT', details: { seq } }
    await expect(replay(line, journal)).rejects.toMatchObject(expected)
    expect(errorOf(() => foldJournal(line, journal))).toMatchObject(expected)
    if (journal[0]?.seq === 1) expect(errorOf(() => new Timeline(line, journal))).toMatchObject(expected)
  })

  it('not without its beginning, unless a part of it will do', async () => {
    const journal = (await record(line)).slice(4)
    const expected = { code: 'INVALID_OPTION', details: { dropped: 4 } }
    await expect(replay(line, journal)).rejects.toMatchObject(expected)
    expect(errorOf(() => foldJournal(line, journal))).toMatchObject(expected)
    const part = await replay(line, journal, { isPart: true })
    expect([part.status, { ...part.outputs }]).toEqual(['completed', { b: 1, c: 1 }])
  })

  it('not with a definition that its run never had', async () => {
    const journal = await record(line)
    const other = graphOf(['a>b', 'a>c'])
    const expected = { code: 'DEFINITION_MISMATCH', details: { runId: 'r' } }
    await expect(replay(other, journal)).rejects.toMatchObject(expected)
    expect(errorOf(() => foldJournal(other, journal))).toMatchObject(expected)
    expect(errorOf(() => new Timeline(other, journal))).toMatchObject(expected)
  })

  it('with the subflows that it had, where these are known', async () => {
    const journal = await record(sub)
    await expect(replay(sub, journal)).resolves.toMatchObject({ status: 'completed', output: 1 })
    const changed = runtimeOf({ ...child, version: '2' })
    await expect(replay(sub, journal, {}, changed)).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    expect(foldJournal(sub, journal).status).toBe('completed')
    const renamed = { ...sub, id: 'other' }
    expect(errorOf(() => foldJournal(renamed, journal))).toMatchObject({ code: 'DEFINITION_MISMATCH' })
    expect(foldJournal(renamed, journal, undefined, { definitionHash: hashIn(journal) }).status).toBe('completed')
  })

  it('with each definition that its run had, if it went over to another one', async () => {
    const journals: MemoryJournals = new Map()
    const open = (): FlowRuntime => new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    const before = graphOf(['a>hold'], { nodes: [{ id: 'hold', uses: 'wait' }] })
    const after = graphOf(['a>hold', 'hold>b'], { nodes: [{ id: 'hold', uses: 'wait' }] })
    const first = open()
    await first.run(before, 1, { runId: 'r' })
    await first.close()
    const run = open().open(after, 'r', { migrate: {} })
    await run.resume('hold', 5)
    await run.result()
    const journal = await run.journal()
    await expect(replay(after, journal)).resolves.toMatchObject({ status: 'completed', output: 1 })
    expect(foldJournal(before, journal, 4).status).toBe('stalled')
    await expect(replay(line, journal)).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
  })
})

it.each([
  ['journal', undefined, {}],
  ['journal', 'text', {}],
  ['until', [], { until: Number.NaN }],
  ['until', [], { until: -1 }],
  ['until', [], { until: 1.5 }],
])('a replay is not made of a %s that cannot be one: %j', (option, journal, options) => {
  const error = errorOf(() => new ReplayOrchestrator(journal as unknown as readonly RunEvent[], options))
  expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option } })
})

function hashIn([first]: readonly RunEvent[]): string {
  return first?.type === 'run.started' ? first.definitionHash : ''
}
