import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { expand } from '../model/node-result.ts'
import type { IEvaluator } from '../ports/evaluator.ts'
import { FlowRuntime } from './flow-runtime.ts'

const registry = { one: () => 1 }

function blueprintOf(edge: Partial<EdgeDefinition>, b: Partial<NodeDefinition> = {}): WorkflowBlueprint {
  return {
    id: 'test',
    nodes: [
      { id: 'a', uses: 'one' },
      { id: 'b', uses: 'one', ...b },
    ],
    edges: [
      { source: 'a', target: 'b' },
      { source: 'a', target: 'b', ...edge },
    ],
  }
}

const failures: readonly (readonly [string, WorkflowBlueprint, string, object])[] = [
  [
    'a condition that fails',
    blueprintOf({ condition: 'result.x > 1' }),
    'node "a" cannot evaluate the condition of edge "a>b#1": The expression "result.x > 1" failed: ',
    { nodeId: 'a', edge: 'a>b#1', field: 'condition', expression: 'result.x > 1' },
  ],
  [
    'a condition that gives no boolean',
    blueprintOf({ condition: 'result + 1' }),
    'node "a" cannot evaluate the condition of edge "a>b#1": "result + 1" gives a number instead of a boolean; compare it with something',
    { nodeId: 'a', edge: 'a>b#1', field: 'condition', expression: 'result + 1' },
  ],
  [
    'a transform that fails',
    blueprintOf({ transform: '[result][7]' }),
    'node "a" cannot evaluate the transform of edge "a>b#1": The expression "[result][7]" failed: ',
    { nodeId: 'a', edge: 'a>b#1', field: 'transform', expression: '[result][7]' },
  ],
  [
    'inputs that fail',
    blueprintOf({}, { inputs: 'deps.c' }),
    'node "b" cannot evaluate its inputs: The expression "deps.c" failed: ',
    { nodeId: 'b', field: 'inputs', expression: 'deps.c' },
  ],
  [
    'an input that fails',
    blueprintOf({}, { inputs: { fine: 'deps.a', bad: 'deps.c' } }),
    'node "b" cannot evaluate its inputs.bad: The expression "deps.c" failed: ',
    { nodeId: 'b', field: 'inputs.bad', expression: 'deps.c' },
  ],
]

describe.each(failures)('%s', (_, blueprint, message, details) => {
  it('tells node, edge and expression, in process and distributed', async () => {
    const { errors } = await new FlowRuntime({ registry }).run(blueprint)
    expect(errors).toEqual([expect.objectContaining({ code: 'EXPRESSION_FAILED', retryable: false })])
    expect(errors[0]?.message.slice(0, message.length)).toBe(message)
    expect(errors[0]?.details).toMatchObject(details)
    const cluster = new Cluster({ registry })
    await cluster.start(blueprint, null)
    await cluster.run()
    const failed = (await cluster.events()).find(({ type }) => type === 'node.failed')
    expect(failed).toMatchObject({ error: { code: 'EXPRESSION_FAILED', details } })
  })
})

describe('an expression that fails', () => {
  it('tells the edge also where a handler has added it', async () => {
    const edges: EdgeDefinition[] = [{ source: 'a', target: 'x', condition: 'result.nothing' }]
    const plan = (): unknown => expand({ nodes: [{ id: 'x', uses: 'one' }], edges }, {})
    const runtime = new FlowRuntime({ registry: { ...registry, plan } })
    const { errors } = await runtime.run({ id: 'test', nodes: [{ id: 'a', uses: 'plan' }], edges: [] })
    expect(errors[0]?.details).toMatchObject({ nodeId: 'a', edge: 'a>x#0', expression: 'result.nothing' })
  })

  it('is a failure of that code also where an evaluator of the user throws something else', async () => {
    const evaluator: IEvaluator = {
      compile: () => ({
        evaluate: () => {
          throw new TypeError('broken')
        },
      }),
    }
    const { errors } = await new FlowRuntime({ registry, evaluator }).run(blueprintOf({ condition: 'true' }))
    expect(errors[0]).toMatchObject({
      code: 'EXPRESSION_FAILED',
      message: 'node "a" cannot evaluate the condition of edge "a>b#1": broken',
      details: { nodeId: 'a', edge: 'a>b#1' },
    })
  })
})
