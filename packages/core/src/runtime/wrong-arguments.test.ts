import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { defineWorkflow } from '../builder/define-workflow.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { ILogger } from '../ports/logger.ts'
import type { Registry } from '../ports/node-context.ts'
import type { Workflow } from '../ports/workflow.ts'
import type { FlowRuntimeOptions, RunOptions } from './options.ts'
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

  it.each([[null], [5], [{ context: 5 }], [{ context: null }], [{ signal: 5 }], [{ snapshot: 5 }], [{ journal: 'x' }]])(
    'with the options %j is refused',
    async (options) => {
      for (const error of await refusals(blueprint, options)) expect(error).toMatchObject({ code: 'INVALID_OPTION' })
    },
  )
})

describe('a runtime', () => {
  it.each([
    ['options', null],
    ['options', 5],
    ['options', []],
    ['registry', { registry: 5 }],
    ['registry', { registry: null }],
    ['middleware', { middleware: [5] }],
    ['middleware', { middleware: () => 1 }],
    ['blueprints', { blueprints: [blueprint] }],
    ['blueprints', { blueprints: 5 }],
  ])('refuses %s of which nothing can be made: %j', (option, options) => {
    const expected = { code: 'INVALID_OPTION', details: { option } }
    const open = (): FlowRuntime => new FlowRuntime(options as unknown as FlowRuntimeOptions)
    expect(open).toThrow(expect.objectContaining(expected) as Error)
  })

  it('names an entry of its registry that is no function before anything runs', async () => {
    const runtime = new FlowRuntime({ registry: { a: undefined } as unknown as Registry })
    const run = runtime.run(blueprint)
    await expect(run).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT', details: { problems: [{ nodeId: 'a' }] } })
    await expect(run).rejects.toThrow('registered under uses "a" is undefined, not a function')
  })

  it('warns of a key that no limit is given for', async () => {
    const warnings: unknown[] = []
    const logger = { ...silentLogger, warn: (_details: object, message: string) => warnings.push(message) }
    const graph = () => graphOf(['a>hold'], { nodes: [{ id: 'hold', uses: 'a', config: { concurrencyKey: 'k' } }] })
    await new FlowRuntime({ registry, logger: logger as unknown as ILogger }).run(graph())
    expect(warnings).toEqual([expect.stringContaining('config.concurrencyKey "k", for which no limit is given')])
    const limited = new FlowRuntime({
      registry,
      logger: logger as unknown as ILogger,
      keyLimits: { k: { concurrency: 1 } },
    })
    await limited.run(graph())
    expect(warnings).toHaveLength(1)
  })
})

describe('a schema that is none', () => {
  it.each([
    ['is none', {}],
    ['answered undefined', { '~standard': { version: 1, vendor: 'test', validate: () => undefined } }],
    ['answered text', { '~standard': { version: 1, vendor: 'test', validate: () => 'fine' } }],
  ])('is told apart from an input that does not match: it %s', async (how, schema) => {
    const workflow = { blueprint, registry, inputSchema: schema } as unknown as Workflow
    const run = new FlowRuntime().run(workflow, 1)
    await expect(run).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(run).rejects.toThrow(`the schema for the input of the run ${how}`)
  })
})

describe('a schema that throws', () => {
  const cause = new TypeError('no such locale')
  const schema: StandardSchema = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: () => {
        throw cause
      },
    },
  }

  it('refuses the input of a run, with what it threw as the cause', async () => {
    const workflow = defineWorkflow('w', { input: schema })
      .node('n', () => 1)
      .build()
    const run = new FlowRuntime().run(workflow, 1)
    await expect(run).rejects.toMatchObject({ code: 'INVALID_INPUT', cause })
    await expect(run).rejects.toThrow('the input of the run could not be checked: its schema threw')
  })

  it('refuses the answer to a wait, which stays open', async () => {
    const run = await new FlowRuntime().start(defineWorkflow('w').wait('ask', { schema }).build())
    await expect(run.resume('ask', 1)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD', cause })
    expect(await run.waits()).toHaveLength(1)
  })
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
