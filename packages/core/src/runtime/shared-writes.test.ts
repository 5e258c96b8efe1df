import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { CelEvaluator } from '../defaults/cel-evaluator.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ReducerName } from '../model/policy.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { validateBlueprint } from '../graph/validate.ts'
import { FlowRuntime } from './flow-runtime.ts'

function blueprintOf(reducer: ReducerName, initial?: unknown): WorkflowBlueprint {
  return {
    id: 'shared',
    nodes: [
      { id: 'good', uses: 'good', config: { retry: { maxAttempts: 3 } } },
      { id: 'bad', uses: 'bad', config: { retry: { maxAttempts: 3 } } },
    ],
    edges: [],
    policy: { onFailure: 'continue', context: { key: { reducer, ...(initial === undefined ? {} : { initial }) } } },
  }
}

function registryOf(good: unknown, bad: (context: NodeContext['context']) => void, attempts: string[] = []): Registry {
  return {
    good: ({ context }: NodeContext) => context.set('key', good),
    bad: ({ context, nodeId }: NodeContext) => {
      attempts.push(nodeId)
      bad(context)
    },
  }
}

const refused: readonly (readonly [ReducerName, unknown, unknown, string])[] = [
  ['sum', 2, 'three', 'text'],
  ['max', 2, 'three', 'text'],
  ['min', 2, Number.NaN, 'NaN'],
  ['merge', { a: 1 }, [1, 2], 'a list'],
  ['append', [1], undefined, 'undefined'],
  ['union', [1], undefined, 'undefined'],
]

describe.each(refused)(
  'a write to a shared value with the reducer %s that it cannot take',
  (reducer, good, bad, given) => {
    const error = {
      code: 'INVALID_WRITE',
      message: expect.stringMatching(
        `^node "bad" wrote .* "key" has the reducer "${reducer}", which takes .* ${given}$`,
      ) as unknown,
      details: { nodeId: 'bad', key: 'key', reducer },
    }

    it('fails the attempt in process, without a retry, and leaves the value as the others wrote it', async () => {
      const attempts: string[] = []
      const registry = registryOf(good, (context) => context.set('key', bad), attempts)
      const result = await new FlowRuntime({ registry }).run(blueprintOf(reducer))
      expect(result.status).toBe('failed')
      expect(result.errors).toEqual([expect.objectContaining(error)])
      expect(result.context).toEqual({ key: good })
      expect(attempts).toEqual(['bad'])
    })

    it('fails the attempt in a distributed run, whose turns go on', async () => {
      const cluster = new Cluster({ registry: registryOf(good, (context) => context.set('key', bad)) })
      await cluster.start(blueprintOf(reducer), null)
      await expect(cluster.run()).resolves.toMatchObject({ status: 'failed' })
      const events = await cluster.events()
      expect(events.find(({ type }) => type === 'node.failed')).toMatchObject({ nodeId: 'bad', error })
      expect((await cluster.head()).stalledBy).toBeUndefined()
      const { text } = (await cluster.store.readShared(await cluster.head()))['key'] ?? { text: '' }
      expect(JSON.parse(text)).toEqual({ json: good })
    })
  },
)

describe('a shared value with a reducer', () => {
  it('cannot be updated to what its reducer cannot work on', async () => {
    const registry = registryOf(2, (context) => context.update('key', () => 'text'))
    const { errors, context } = await new FlowRuntime({ registry }).run(blueprintOf('sum'))
    expect(errors).toEqual([expect.objectContaining({ code: 'INVALID_WRITE' })])
    expect(context).toEqual({ key: 2 })
  })

  it('may be updated to nothing, and starts anew', async () => {
    const registry = registryOf(2, (context) => context.update('key', () => undefined))
    const blueprint = { ...blueprintOf('sum', 5), edges: [{ source: 'bad', target: 'good' }] }
    expect((await new FlowRuntime({ registry }).run(blueprint)).context).toEqual({ key: 2 })
  })

  it('starts from the neutral element where it is null', async () => {
    const registry = registryOf([1], (context) => context.set('key', 2))
    const { context } = await new FlowRuntime({ registry }).run(blueprintOf('append', null))
    expect(context).toEqual({ key: [1, 2] })
  })

  it('cannot begin with what its reducer cannot work on', async () => {
    const problems = validateBlueprint(blueprintOf('sum', 'zero'), { evaluator: new CelEvaluator() })
    expect(problems).toEqual([expect.objectContaining({ code: 'INVALID_SHAPE', severity: 'error' })])
    expect(problems[0]?.message).toBe(
      'The shared value "key" cannot begin with its "initial": its reducer "sum" works on a finite number or a BigInt, and would have text.',
    )
    const registry = registryOf(1, () => undefined)
    const run = new FlowRuntime({ registry }).run(blueprintOf('sum'), null, { context: { key: 'zero' } })
    await expect(run).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'context', key: 'key' } })
    const cluster = new Cluster({ registry })
    await expect(cluster.start(blueprintOf('sum'), null, { context: { key: 'zero' } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })
})
