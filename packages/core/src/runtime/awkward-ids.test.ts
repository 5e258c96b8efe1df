import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { graphOf } from '../../test/blueprints.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const ids = [
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  'then',
  'length',
  '__defineGetter__',
]

describe('a node whose id is the name of something that every object has', () => {
  const blueprint = graphOf(
    ids.map((id) => `${id}>end`),
    {
      nodes: [
        { id: 'hold', uses: 'wait' },
        { id: 'end', uses: 'end' },
      ],
    },
  )
  const registry: Registry = {
    ...Object.fromEntries(ids.map((id) => [id, () => id])),
    end: ({ deps }: NodeContext) => ({ ...deps }),
  }
  const outputs = Object.fromEntries(ids.map((id) => [id, id]))

  it('hands its output on by that name, through a snapshot too', async () => {
    const runtime = new FlowRuntime({ registry })
    const { errors } = await runtime.run(blueprint, null, { runId: 'r' })
    expect(errors).toEqual([])
    const snapshot = await runtime.open('r').snapshot()
    const run = await new FlowRuntime({ registry }).start(blueprint, null, { snapshot })
    await run.resume('hold')
    const result = await run.result()
    expect(result.outputs['end']).toEqual(outputs)
    expect(result.outputs).toMatchObject(outputs)
  })

  it('hands its output on by that name where it is distributed', async () => {
    const cluster = new Cluster({ registry })
    await cluster.start({ ...blueprint, nodes: blueprint.nodes.filter(({ id }) => id !== 'hold') }, null)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect((await cluster.events()).at(-1)).toMatchObject({ type: 'run.completed', output: outputs })
  })

  it('cannot be named __proto__', async () => {
    const run = new FlowRuntime({ registry }).run({ id: 'x', nodes: [{ id: '__proto__', uses: 'end' }], edges: [] })
    await expect(run).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT' })
  })
})
