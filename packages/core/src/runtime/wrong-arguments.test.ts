import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunOptions } from './options.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint = graphOf(['a>hold'], { nodes: [{ id: 'hold', uses: 'wait' }] })
const registry = { a: () => 1 }

async function refusals(runnable: unknown, options?: unknown): Promise<unknown[]> {
  const runtime = new FlowRuntime({ registry })
  const given = [runnable as WorkflowBlueprint, 1, options as RunOptions] as const
  const prepared = (async () => runtime.prepare(...given))()
  const settled = await Promise.allSettled([runtime.run(...given), runtime.start(...given), prepared])
  return settled.map((one) => (one.status === 'rejected' ? (one.reason as unknown) : undefined))
}

describe('a run', () => {
  it.each([[null], [undefined], [5], ['x'], [[]], [{ blueprint: null }]])(
    'of %j is refused as invalid',
    async (runnable) => {
      for (const error of await refusals(runnable)) expect(error).toMatchObject({ code: 'INVALID_BLUEPRINT' })
    },
  )

  it.each([[null], [5], [{ context: 5 }], [{ context: null }], [{ signal: 5 }], [{ snapshot: 5 }]])(
    'with the options %j is refused',
    async (options) => {
      for (const error of await refusals(blueprint, options)) expect(error).toMatchObject({ code: 'INVALID_OPTION' })
    },
  )
})

describe('a snapshot that is broken', () => {
  it('is refused with the path to what is wrong', async () => {
    const runtime = new FlowRuntime({ registry })
    await runtime.run(blueprint, 1, { runId: 'r' })
    const whole = JSON.parse(await runtime.open('r').snapshot()) as { readonly json: Record<string, unknown> }
    const { pending, ...without } = whole.json
    expect(pending).toHaveLength(1)
    const wrong: readonly (readonly [unknown, string])[] = [
      [null, '$'],
      [[], '$'],
      [{}, '$.format'],
      [{ format: 2 }, '$.format'],
      [without, '$.pending'],
      [{ ...whole.json, pending: [null] }, '$.pending[0]'],
      [{ ...whole.json, frames: { root: { loop: -1 }, detached: [], latest: [] } }, '$.frames.root.live'],
      [{ ...whole.json, children: [{}] }, '$.children[0].runId'],
    ]
    for (const [json, path] of wrong) {
      const text = JSON.stringify({ ...whole, json })
      const expected = { code: 'INVALID_STATE', details: { path } }
      for (const error of await refusals(blueprint, { snapshot: text })) expect(error).toMatchObject(expected)
    }
  })
})
