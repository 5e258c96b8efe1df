import { describe, expect, it } from 'vitest'
import { machines, processOn } from '../../test/machines.ts'
import type { MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import { FlowRuntime } from './flow-runtime.ts'

const limits = { maxBytes: 2000 }

/** Each node adds 300 characters to a list, one after the other, and may be replaced if it cannot. */
const growing: WorkflowBlueprint = {
  id: 'growing',
  nodes: [
    ...Array.from({ length: 8 }, (_, at) => ({ id: `n${at}`, uses: 'add' })),
    { id: 'm', uses: 'add', config: { fallback: 'instead', retry: { maxAttempts: 2 } } },
    { id: 'instead', uses: 'instead' },
  ],
  edges: [
    ...Array.from({ length: 7 }, (_, at) => ({ source: `n${at}`, target: `n${at + 1}` })),
    { source: 'n4', target: 'm' },
  ],
  policy: { onFailure: 'continue', context: { log: { reducer: 'append' } } },
}

const registry: Registry = {
  add: ({ context }: NodeContext) => context.set('log', 'x'.repeat(300)),
  text: () => 'x'.repeat(900),
  list: () => Array.from({ length: 300 }, (_, item) => `this is item ${item}`),
  small: () => 1,
  fail: () => {
    throw new Error('x'.repeat(5000))
  },
  instead: ({ context }: NodeContext) => context.set('log', 'y'),
}

/** Three nodes whose outputs are stored each, and would be too large together. */
const wide: WorkflowBlueprint = {
  id: 'wide',
  nodes: ['a', 'b', 'c'].map((id) => ({ id, uses: 'text' })),
  edges: [],
}

const failure = {
  code: 'LIMIT_EXCEEDED',
  message: expect.stringMatching(/^what node "n6" adds to the shared value "log" makes it one/) as unknown,
  details: { limit: 'maxBytes', maxBytes: 2000, nodeId: 'n6', key: 'log' },
}

function expectFailedNode({ status, errors, context, skipped, outputs }: WorkflowResult): void {
  expect(status).toBe('failed')
  expect(errors).toEqual([expect.objectContaining(failure)])
  // What others add to the list still fits, and is kept.
  expect((context as { log: readonly string[] }).log).toHaveLength(7)
  expect(skipped).toEqual(['n7'])
  expect(outputs).toHaveProperty('m')
}

describe('a shared list that grows past the limit of a value', () => {
  it('fails the node that would have added to it, in process', async () => {
    expectFailedNode(await new FlowRuntime({ registry, limits }).run(growing))
  })

  it('fails it in a durable run, which answers the same when it is opened from its journal', async () => {
    const journals: MemoryJournals = new Map()
    const open = (): FlowRuntime => processOn(journals, { registry, limits })
    expectFailedNode(await open().run(growing, undefined, { runId: 'r' }))
    expectFailedNode(await open().open(growing, 'r').result())
  })

  it('fails it in a distributed run, whose turns go on', async () => {
    const { client, work, pass } = machines()
    work({ blueprints: [growing], registry, limits })
    expectFailedNode(await pass(client({ limits }).run(growing)))
  })

  it('is looked through less and less often while it grows', async () => {
    let looks = 0
    const nodes = Array.from({ length: 400 }, (_, at) => ({ id: `n${at}`, uses: 'add' }))
    const blueprint = { ...growing, nodes, edges: [] }
    const serializer = {
      serialize: (value: unknown) => JSON.stringify(value),
      deserialize: (text: string): unknown => JSON.parse(text),
      check: (value: unknown) => {
        if (Array.isArray(value)) looks++
      },
    }
    expect((await new FlowRuntime({ registry, serializer }).run(blueprint)).status).toBe('completed')
    expect(looks).toBeLessThan(60)
  })
})

describe('a durable run of this process', () => {
  const setUp = (): { open: () => FlowRuntime } => {
    const journals: MemoryJournals = new Map()
    return { open: () => processOn(journals, { registry, limits }) }
  }

  it('ends with all outputs where they are too large together, and says that its end does not tell them', async () => {
    const { open } = setUp()
    const run = await open().start(wide, undefined, { runId: 'r' })
    expect(Object.keys((await run.result()).output as object)).toEqual(['a', 'b', 'c'])
    const told = (await run.journal()).filter(({ type }) => type === 'warning' || type === 'run.completed')
    expect(told).toMatchObject([{ code: 'OUTPUT_LEFT_OUT' }, { type: 'run.completed' }])
    expect(told[1]).not.toHaveProperty('output')
    expect(Object.keys((await open().open(wide, 'r').result()).output as object)).toEqual(['a', 'b', 'c'])
  })

  it('fails a map whose items cannot be kept in its journal', async () => {
    const blueprint = {
      id: 'map',
      nodes: [{ id: 'map', uses: 'map', params: { over: 'list', each: 'small' } }],
      edges: [],
    }
    const { open } = setUp()
    const result = await open().run(blueprint, undefined, { runId: 'r' })
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'LIMIT_EXCEEDED', details: { nodeId: 'map' } }] })
    expect(await open().open(blueprint, 'r').result()).toMatchObject({ status: 'failed' })
  })

  it('keeps the beginning of an error that is too large', async () => {
    const { open } = setUp()
    const blueprint = { id: 'fails', nodes: [{ id: 'fail', uses: 'fail' }], edges: [] }
    await open().run(blueprint, undefined, { runId: 'r' })
    const { status, errors } = await open().open(blueprint, 'r').result()
    expect(status).toBe('failed')
    expect(errors[0]?.message).toMatch(/x{400} … \(the error was too large to be stored\)$/)
  })
})

it('a distributed run whose outputs are too large together fails, and is not tried again and again', async () => {
  const { client, work, pass } = machines()
  work({ blueprints: [wide], registry, limits })
  const { status, errors, outputs } = await pass(client({ limits }).run(wide))
  expect({ status, errors }).toMatchObject({ status: 'failed', errors: [{ code: 'LIMIT_EXCEEDED' }] })
  expect(Object.keys(outputs)).toEqual(['a', 'b', 'c'])
})
