import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { expand } from '../model/node-result.ts'
import type { Expansion } from '../model/outcome.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint: WorkflowBlueprint = {
  id: 'planned',
  nodes: [
    { id: 'plan', uses: 'plan' },
    { id: 'end', uses: 'work', config: { joinStrategy: 'settled' } },
    { id: 'spare', uses: 'work' },
    { id: 'risky', uses: 'work', config: { fallback: 'spare' } },
  ],
  edges: [
    { source: 'plan', target: 'end' },
    { source: 'plan', target: 'risky' },
  ],
}

const toX: EdgeDefinition = { source: 'plan', target: 'x' }

/** An expansion by one node that `plan` leads to. */
function oneNode(node: Partial<NodeDefinition>, ...edges: readonly EdgeDefinition[]): Expansion {
  return { nodes: [{ id: 'x', uses: 'work', ...node }], edges: [{ ...toX, target: node.id ?? 'x' }, ...edges] }
}

function registryOf(answer: unknown): Registry {
  return { plan: () => expand(answer as Expansion, 'planned'), work: ({ nodeId }: NodeContext) => nodeId }
}

/** What is wrong with an expansion, and how the problem begins that tells of it. */
const invalid: readonly (readonly [string, unknown, string, string])[] = [
  ['no expansion', undefined, 'INVALID_SHAPE', 'The expansion must be an object, but is null.'],
  ['null', null, 'INVALID_SHAPE', 'The expansion must be an object, but is null.'],
  ['a list', [], 'INVALID_SHAPE', 'The expansion must be an object, but is a list.'],
  ['no edges', { nodes: [] }, 'INVALID_SHAPE', '"edges" is missing; it must be a list.'],
  ['no nodes', { edges: [] }, 'INVALID_SHAPE', '"nodes" is missing; it must be a list.'],
  ['a node that is none', { nodes: [null], edges: [] }, 'INVALID_SHAPE', '"nodes[0]" must be an object'],
  ['a node without uses', { nodes: [{ id: 'x' }], edges: [toX] }, 'INVALID_SHAPE', '"nodes[0].uses" is missing'],
  [
    'params with a function',
    oneNode({ params: { f: () => 1 } }),
    'NOT_JSON',
    '"nodes[0].params.f" is of type function',
  ],
  [
    'no attempts',
    oneNode({ config: { retry: { maxAttempts: 0 } } }),
    'INVALID_NUMBER',
    'Node "x": config.retry.maxAttempts is 0',
  ],
  ['a timeout of nothing', oneNode({ config: { timeoutMs: 0 } }), 'INVALID_NUMBER', 'Node "x": config.timeoutMs is 0'],
  [
    'a handler that is not known',
    oneNode({ uses: 'wrok' }),
    'UNKNOWN_HANDLER',
    'Node "x": no implementation is registered under uses "wrok". Did you mean "work"?',
  ],
  ['a map without each', oneNode({ uses: 'map' }), 'MISSING_PARAM', 'Node "x" is of kind "map" and needs params.each.'],
  [
    'a subflow that is not known',
    oneNode({ uses: 'subflow', params: { blueprintId: 'nothing' } }),
    'UNKNOWN_BLUEPRINT',
    'Subflow "x" runs the blueprint "nothing"',
  ],
  [
    'a condition that does not parse',
    oneNode({}, { source: 'x', target: 'end', condition: 'result >' }),
    'EXPRESSION_INVALID',
    'Edge "x>end#0", condition',
  ],
  [
    'a transform that does not parse',
    oneNode({}, { source: 'plan', target: 'end', transform: 'nope' }),
    'EXPRESSION_INVALID',
    'Edge "plan>end#0", transform',
  ],
  ['inputs that do not parse', oneNode({ inputs: { a: '1 +' } }), 'EXPRESSION_INVALID', 'Node "x", inputs.a'],
  ['an id that is not allowed', oneNode({ id: 'a b' }), 'INVALID_ID', 'Node 0: the id "a b" is not allowed'],
  ['an id that is taken', oneNode({ id: 'end' }), 'DUPLICATE_ID', 'There is a node "end" already'],
  [
    'an id given twice',
    {
      nodes: [
        { id: 'x', uses: 'work' },
        { id: 'x', uses: 'work' },
      ],
      edges: [toX],
    },
    'DUPLICATE_ID',
    'There is a node "x" already',
  ],
  [
    'an unknown fallback',
    oneNode({ config: { fallback: 'y' } }),
    'UNKNOWN_FALLBACK',
    'Node "x" names the fallback "y", which is no new node and no fallback node.',
  ],
  [
    'a fallback that is an ordinary node',
    oneNode({ config: { fallback: 'end' } }),
    'UNKNOWN_FALLBACK',
    'Node "x" names the fallback "end"',
  ],
  [
    'a fallback with edges',
    {
      nodes: [
        { id: 'x', uses: 'work', config: { fallback: 'y' } },
        { id: 'y', uses: 'work' },
      ],
      edges: [toX, { source: 'x', target: 'y' }],
    },
    'FALLBACK_WITH_EDGES',
    'Fallback "y" has an edge.',
  ],
  [
    'an unknown node to cancel',
    oneNode({ config: { cancels: ['edn'] } }),
    'UNKNOWN_NODE',
    'Node "x" cancels "edn", which is not a node. Did you mean "end"?',
  ],
  [
    'a join that cannot fire',
    oneNode({ config: { joinStrategy: { atLeast: 2 } } }),
    'AT_LEAST_OUT_OF_RANGE',
    'Node "x" joins by { "atLeast": 2 }',
  ],
  [
    'an edge from elsewhere',
    oneNode({}, { source: 'end', target: 'x' }),
    'EXPANSION_EDGE',
    'Edge "end>x#0" must start at "plan" or at a new node.',
  ],
  [
    'an edge to elsewhere',
    oneNode({}, { source: 'x', target: 'spare' }),
    'EXPANSION_EDGE',
    'Edge "x>spare#0" must end at a new node or at an undecided target of "plan".',
  ],
  ['a cycle', oneNode({}, { source: 'x', target: 'x' }), 'EXPANSION_CYCLE', 'Its edges form a cycle: "x"'],
  [
    'a node that nothing leads to',
    { nodes: [{ id: 'x', uses: 'work' }], edges: [] },
    'UNREACHABLE_NODE',
    'No edge leads to the new node "x".',
  ],
]

function expectInvalid(error: HeddleError | undefined, code: string, message: string): void {
  expect(error).toMatchObject({ code: 'INVALID_EXPANSION', details: { nodeId: 'plan' } })
  const problems = error?.details['problems'] as { code: string; message: string }[]
  expect(problems).toEqual([expect.objectContaining({ code })])
  expect(problems[0]?.message.slice(0, message.length)).toBe(message)
  expect(error?.message).toBe(
    `node "plan" returned an expansion that cannot be added:\n- ${problems[0]?.message ?? ''}`,
  )
}

describe.each(invalid)('an expansion with %s', (_, answer, code, message) => {
  it('fails its node, in process', async () => {
    const { status, errors } = await new FlowRuntime({ registry: registryOf(answer) }).run(blueprint)
    expect(status).toBe('failed')
    expect(errors).toHaveLength(1)
    expectInvalid(errors[0], code, message)
  })
})

describe('an expansion that cannot be added', () => {
  it('fails the attempt of a distributed run too, whose turns go on', async () => {
    for (const [, answer] of invalid) {
      const cluster = new Cluster({ registry: registryOf(answer) })
      await cluster.start(blueprint, null)
      await expect(cluster.run()).resolves.toMatchObject({ status: 'failed' })
      expect((await cluster.head()).stalledBy).toBeUndefined()
      const failed = (await cluster.events()).find(({ type }) => type === 'node.failed')
      expect(failed).toMatchObject({ nodeId: 'plan', error: { code: 'INVALID_EXPANSION' } })
    }
  })

  it('tells all its problems', async () => {
    const answer: Expansion = {
      nodes: [
        { id: 'a b', uses: 'nothing' },
        { id: 'end', uses: 'work', config: { timeoutMs: -1 } },
      ],
      edges: [
        { source: 'plan', target: 'a b', condition: '1 +' },
        { source: 'spare', target: 'end' },
      ],
    }
    const { errors } = await new FlowRuntime({ registry: registryOf(answer) }).run(blueprint)
    const problems = errors[0]?.details['problems'] as { code: string }[]
    const codes = problems.map(({ code }) => code).toSorted()
    expect(codes).toEqual([
      'DUPLICATE_ID',
      'EXPANSION_EDGE',
      'EXPRESSION_INVALID',
      'INVALID_ID',
      'INVALID_NUMBER',
      'UNKNOWN_HANDLER',
    ])
    expect(errors[0]?.message.split('\n- ')).toHaveLength(7)
  })

  it('is tried again like any failure, and may be handled like any', async () => {
    const answers = [{ nodes: [], edges: 1 }, oneNode({ uses: 'nothing' }), oneNode({})]
    const registry: Registry = {
      plan: ({ attempt }: NodeContext) => expand(answers[attempt - 1] as Expansion),
      work: ({ nodeId, input }: NodeContext) => ({ nodeId, input }),
    }
    const [plan, ...others] = blueprint.nodes
    const planAgain = (maxAttempts: number): WorkflowBlueprint => ({
      ...blueprint,
      nodes: [{ ...(plan as NodeDefinition), config: { retry: { maxAttempts } } }, ...others],
      edges: [
        { source: 'plan', target: 'end', on: 'error', condition: 'result.code == "INVALID_EXPANSION"' },
        { source: 'plan', target: 'risky' },
      ],
    })
    const runtime = new FlowRuntime({ registry, clock: new VirtualClock() })
    expect((await runtime.run(planAgain(3))).outputs['x']).toEqual({ nodeId: 'x', input: undefined })
    const handled = await runtime.run(planAgain(2))
    expect(handled.status).toBe('completed')
    expect(handled.outputs['end']).toMatchObject({ input: { code: 'INVALID_EXPANSION' } })
  })
})

describe('an expansion that can be added', () => {
  it('may name a fallback of the blueprint, and one of its own', async () => {
    const answer: Expansion = {
      nodes: [
        { id: 'x', uses: 'fail', config: { fallback: 'spare' } },
        { id: 'y', uses: 'fail', config: { fallback: 'z' } },
        { id: 'z', uses: 'work' },
      ],
      edges: [toX, { source: 'plan', target: 'y' }],
    }
    const registry = { ...registryOf(answer), fail: () => Promise.reject(new Error('no')) }
    const { status, outputs } = await new FlowRuntime({ registry }).run(blueprint)
    expect(status).toBe('completed')
    expect(outputs).toMatchObject({ x: 'spare', y: 'z' })
  })

  it('may come from a fallback, whose edges are those of the node that failed', async () => {
    const failing: WorkflowBlueprint = {
      id: 'failing',
      nodes: [
        { id: 'plan', uses: 'fail', config: { fallback: 'other' } },
        { id: 'other', uses: 'plan' },
      ],
      edges: [],
    }
    const answer: Expansion = {
      nodes: [
        { id: 'x', uses: 'work' },
        { id: 'y', uses: 'work' },
      ],
      edges: [
        { ...toX, condition: 'result == "planned"' },
        { source: 'plan', target: 'y', condition: 'result != "planned"' },
      ],
    }
    const registry = { ...registryOf(answer), fail: () => Promise.reject(new Error('no')) }
    const { status, outputs, skipped } = await new FlowRuntime({ registry }).run(failing)
    expect({ status, x: outputs['x'], skipped }).toEqual({ status: 'completed', x: 'x', skipped: ['y'] })
  })
})

describe('an item of a map that returns an expansion', () => {
  const mapped: WorkflowBlueprint = {
    id: 'mapped',
    nodes: [{ id: 'map', uses: 'map', params: { each: 'plan' } }],
    edges: [],
  }
  const registry = registryOf(oneNode({}))

  it('fails, in process', async () => {
    const { errors } = await new FlowRuntime({ registry }).run(mapped, [1, 2])
    expect(errors[0]).toMatchObject({ code: 'MAP_FAILED' })
    expect(errors[0]?.cause).toMatchObject({
      code: 'INVALID_EXPANSION',
      message: expect.stringContaining('item 0 of map "map" returned an expansion') as unknown,
      details: { nodeId: 'map', item: 0 },
    })
  })

  it('fails, in a distributed run', async () => {
    const cluster = new Cluster({ registry })
    await cluster.start(mapped, [1, 2])
    await expect(cluster.run()).resolves.toMatchObject({ status: 'failed' })
    const failed = (await cluster.events()).find(({ type }) => type.endsWith('.failed'))
    expect(JSON.stringify(failed)).toContain('INVALID_EXPANSION')
  })
})
