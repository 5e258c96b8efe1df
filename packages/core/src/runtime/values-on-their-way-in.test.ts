import { describe, expect, it } from 'vitest'
import { machines } from '../../test/machines.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { expand } from '../model/node-result.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const limits = { maxBytes: 5000 }

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1)

const registry: Registry = {
  one: () => 1,
  long: () => 'x'.repeat(3000),
  deep: () => nested(62),
  items: () => [1, { strange: () => 1 }],
  same: ({ input }: NodeContext) => input,
  'long-expansion': () =>
    expand({
      nodes: [{ id: 'n', uses: 'one', params: { note: 'x'.repeat(6000) } }],
      edges: [{ source: 'a', target: 'n' }],
    }),
  'long-step': ({ step }: NodeContext) => step('s', () => 'x'.repeat(6000)),
  'deep-step': ({ step }: NodeContext) => step('s', () => nested(70)),
  'long-event': ({ emit }: NodeContext) => emit('e', 'x'.repeat(6000)),
}

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'one', uses: 'one' }], edges: [] }
const blueprints = { child }

const one = (node: Omit<NodeDefinition, 'id'>): WorkflowBlueprint => ({
  id: 'one',
  nodes: [{ ...node, id: 'a' }],
  edges: [],
})

const along = (uses: string, transform: string): WorkflowBlueprint => ({
  id: 'along',
  nodes: [
    { id: 'a', uses },
    { id: 'b', uses: 'one' },
  ],
  edges: [{ source: 'a', target: 'b', transform }],
})

const ways: Readonly<Record<string, (blueprint: WorkflowBlueprint, input?: unknown) => Promise<WorkflowResult>>> = {
  'in process': (blueprint, input) => new FlowRuntime({ registry, blueprints, limits }).run(blueprint, input),
  'with a journal': (blueprint, input) =>
    new FlowRuntime({ registry, blueprints, limits, store: memoryJournalStore() }).run(blueprint, input),
  'by jobs': async (blueprint, input) => {
    const { traverser, executorFactory, state, services } = new FlowRuntime({ registry, blueprints, limits }).prepare(
      blueprint,
      input,
    )
    return (await new EventDrivenOrchestrator().run(traverser, executorFactory, state, services)) as WorkflowResult
  },
}

describe.each(Object.entries(ways))('a run %s', (_, run) => {
  it.each([
    ['a transform that gives too much', along('long', '[result, result]'), 'LIMIT_EXCEEDED'],
    ['a transform that nests too deeply', along('deep', '[[[[[result]]]]]'), 'NOT_SERIALISABLE'],
    [
      'a map with an item that cannot be stored',
      one({ uses: 'map', params: { over: 'items', each: 'one' } }),
      'NOT_SERIALISABLE',
    ],
    [
      'a subflow whose input cannot be stored',
      one({ uses: 'subflow', params: { blueprintId: 'child', input: 'items' } }),
      'NOT_SERIALISABLE',
    ],
    ['an expansion that is too long', one({ uses: 'long-expansion' }), 'LIMIT_EXCEEDED'],
    ['a step whose result is too long', one({ uses: 'long-step' }), 'LIMIT_EXCEEDED'],
    ['a step whose result is nested too deeply', one({ uses: 'deep-step' }), 'NOT_SERIALISABLE'],
    ['an event with too long a payload', one({ uses: 'long-event' }), 'LIMIT_EXCEEDED'],
  ])('fails the node of %s', async (_name, blueprint, code) => {
    const { status, errors } = await run(blueprint, 1)
    expect({ status, errors }).toMatchObject({ status: 'failed', errors: [{ code }] })
  })

  it('is not begun with an input that cannot be stored', async () => {
    const begun = (input: unknown): Promise<unknown> => run(one({ uses: 'one' }), input)
    await expect(begun(() => 1)).rejects.toMatchObject({
      code: 'NOT_SERIALISABLE',
      message: expect.stringMatching(/^the input of the run cannot be stored/) as unknown,
    })
    await expect(begun(nested(65))).rejects.toMatchObject({ code: 'NOT_SERIALISABLE' })
    await expect(begun('x'.repeat(6000))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})

describe('what is one value in a journal', () => {
  const store = memoryJournalStore()
  const runtime = new FlowRuntime({ registry, limits, store })

  it('fails the node whose transforms give too much together', async () => {
    const { nodes, edges } = along('long', '[result]')
    const blueprint = { id: 'two', nodes: [...nodes, { id: 'c', uses: 'one' }], edges: [...edges] }
    blueprint.edges.push({ source: 'a', target: 'c', transform: '[result]' })
    const { status, errors } = await runtime.run(blueprint)
    expect({ status, errors }).toMatchObject({
      status: 'failed',
      errors: [{ code: 'LIMIT_EXCEEDED', details: { nodeId: 'a' } }],
    })
  })

  it('is refused where shared values are too much together before the run begins', async () => {
    const context = { a: 'x'.repeat(3000), b: 'x'.repeat(3000) }
    const run = runtime.run(one({ uses: 'one' }), 1, { context })
    await expect(run).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})

describe('what a run is given', () => {
  const refused = { code: 'NOT_SERIALISABLE' }

  it('leaves no run behind in a store if it cannot be stored', async () => {
    const journals: MemoryJournals = new Map()
    const runtime = new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    await expect(runtime.run(one({ uses: 'one' }), Symbol('s'), { runId: 'r' })).rejects.toMatchObject(refused)
    const context = { log: () => 1 }
    await expect(runtime.run(one({ uses: 'one' }), 1, { runId: 'r', context })).rejects.toMatchObject(refused)
    expect(journals.size).toBe(0)
    const { store, client, pass } = machines()
    const start = client().start(one({ uses: 'one' }), Symbol('s'), { runId: 'r' })
    await expect(pass(start)).rejects.toMatchObject(refused)
    expect(await store.readRun('r')).toBeUndefined()
  })
})

it('a value that is nested as deep as it may be does not keep the state of its run from being stored', async () => {
  const blueprint: WorkflowBlueprint = {
    id: 'deep',
    nodes: [
      { id: 'a', uses: 'same' },
      { id: 'hold', uses: 'wait' },
    ],
    edges: [{ source: 'a', target: 'hold' }],
  }
  const runtime = new FlowRuntime({ registry })
  const { status, outputs } = await runtime.run(blueprint, nested(64), { runId: 'r' })
  expect({ status, output: outputs['a'] }).toEqual({ status: 'awaiting', output: nested(64) })
  const snapshot = await runtime.open('r').snapshot()
  const again = await new FlowRuntime({ registry }).run(blueprint, undefined, { snapshot })
  expect(again.outputs['a']).toEqual(nested(64))
})
