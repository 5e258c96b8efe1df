import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { machines } from '../../test/machines.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { WaitId } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

/** A node that runs another workflow. */
const subflow = (id: string, blueprintId: string) => ({ id, uses: 'subflow', params: { blueprintId } })

/** A workflow that runs itself. */
const endless: WorkflowBlueprint = { ...graphOf(['note>sub'], { nodes: [subflow('sub', 'endless')] }), id: 'endless' }

/** Asks in a child run before it runs itself, so that it can be stored at every depth. */
const asking: WorkflowBlueprint = {
  ...graphOf(['ask>sub'], { nodes: [{ id: 'ask', uses: 'wait' }, subflow('sub', 'asking')] }),
  id: 'asking',
}

/** The errors of an error, from itself to the first cause. */
function causesOf(error: unknown): HeddleError[] {
  return error instanceof HeddleError ? [error, ...causesOf(error.cause)] : []
}

/** Lets time pass until a condition holds. */
async function passing(clock: VirtualClock, holds: () => Promise<boolean>): Promise<void> {
  const wait = async (): Promise<void> => {
    while (!(await holds())) {
      await new Promise<void>((resolve) => {
        clock.schedule(50, resolve)
      })
    }
  }
  await whileTimePasses(clock, wait())
}

describe('child runs', () => {
  it('are nested 32 deep and no deeper where nothing else is said', async () => {
    let runs = 0
    const runtime = new FlowRuntime({ registry: { note: () => ++runs }, blueprints: { endless } })
    const { status, errors } = await runtime.run(endless)
    expect([status, runs]).toEqual(['failed', 33])
    const causes = causesOf(errors[0])
    expect(causes.map(({ code }) => code)).toEqual([
      ...Array.from({ length: 32 }, () => 'SUBFLOW_FAILED'),
      'LIMIT_EXCEEDED',
    ])
    expect(causes.map(({ retryable }) => retryable)).not.toContain(true)
    expect(causes.at(-1)?.details).toEqual({ nodeId: 'sub', blueprintId: 'endless', depth: 33, limit: 32 })
  })

  it('can be handled at the depth at which there is no more room', async () => {
    const ends: WorkflowBlueprint = {
      ...graphOf(['sub>last!', 'sub>done'], { nodes: [subflow('sub', 'ends')] }),
      id: 'ends',
    }
    const registry = { last: () => 'rescued', done: ({ input }: { input: unknown }) => input }
    const runtime = new FlowRuntime({ registry, blueprints: { ends }, limits: { maxSubflowDepth: 3 } })
    const { status, output } = await runtime.run(ends)
    expect([status, output]).toEqual(['completed', { done: { done: { done: { last: 'rescued' } } } }])
  })

  it('count their depth on when their run goes on in another process', async () => {
    const blueprints = { asking }
    const first = new FlowRuntime({ blueprints, limits: { maxSubflowDepth: 3 } })
    let run = await first.start(asking)
    for (const waitId of ['ask:ask', 'ask:sub/ask', 'ask:sub/sub/ask'] as const) {
      await settle()
      await run.resume(waitId)
      await settle()
      const snapshot = await run.snapshot()
      run = await new FlowRuntime({ blueprints, limits: { maxSubflowDepth: 3 } }).start(asking, undefined, { snapshot })
    }
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['ask:sub/sub/sub/ask'])
    await run.resume('ask:sub/sub/sub/ask')
    const causes = causesOf((await run.result()).errors[0])
    expect(causes.at(-1)).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { depth: 4, limit: 3 } })
  })

  it('can be stored at every depth at which they can be', async () => {
    const blueprints = { asking }
    let run = await new FlowRuntime({ blueprints }).start(asking)
    let way = 'ask:'
    for (let depth = 0; depth < 32; depth++, way += 'sub/') {
      await settle()
      await run.resume(`${way}ask` as WaitId)
    }
    await settle()
    run = await new FlowRuntime({ blueprints }).start(asking, undefined, { snapshot: await run.snapshot() })
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual([`${way}ask`])
    await run.resume('ask')
    expect(causesOf((await run.result()).errors[0]).at(-1)).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  it('that are there go on although another process would not have started them', async () => {
    const run = await new FlowRuntime({ blueprints: { asking } }).start(asking)
    await run.resume('ask:ask')
    await settle()
    const snapshot = await run.snapshot()
    const strict = new FlowRuntime({ blueprints: { asking }, limits: { maxSubflowDepth: 0 } })
    const again = await strict.start(asking, undefined, { snapshot })
    await again.resume('ask:sub/ask')
    const causes = causesOf((await again.result()).errors[0])
    expect(causes.map(({ code }) => code)).toEqual(['SUBFLOW_FAILED', 'LIMIT_EXCEEDED'])
    expect(causes.at(-1)?.details).toMatchObject({ depth: 2, limit: 0 })
  })

  it('are limited by the option of the worker that carries them out', async () => {
    const { clock, client, work } = machines()
    work({ blueprints: [asking], limits: { maxSubflowDepth: 1 } })
    const run = await client({ blueprints: { asking } }).start(asking)
    for (const waitId of ['ask:ask', 'ask:sub/ask'] as const) {
      await passing(clock, async () => (await run.status()) === 'awaiting')
      expect((await run.waits()).map((wait) => wait.waitId)).toEqual([waitId])
      await run.resume(waitId)
    }
    const causes = causesOf((await whileTimePasses(clock, run.result())).errors[0])
    expect(causes.at(-1)).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { depth: 2, limit: 1 } })
  })
})

describe('waits of child runs', () => {
  const child = { ...graphOf([], { nodes: [{ id: 'ask', uses: 'wait', params: { name: 'k' } }] }), id: 'child' }

  it('are checked by the schema of their own workflow, in the name of the run that was asked', async () => {
    const validate = (value: unknown) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] }
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } }
    const workflow = { blueprint: child, registry: {}, waitSchemas: { k: schema } }
    const runtime = new FlowRuntime({ blueprints: { child: workflow } })
    const blueprint = graphOf([], { nodes: [subflow('one', 'child'), subflow('two', 'child')] })
    const run = await runtime.start(blueprint, undefined, { runId: 'asked' })
    await settle()
    await expect(run.resume('k:one/ask', 'no number')).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await run.resume('k:one/ask', 1)
    await expect(run.resume('k:one/ask', 2)).rejects.toMatchObject({
      code: 'WAIT_ANSWERED',
      details: { runId: 'asked', wait: 'k:one/ask' },
    })
    await run.resume('k', 3)
    await expect(run.result()).resolves.toMatchObject({ status: 'completed', output: { one: 1, two: 3 } })
  })

  it('stay answered in another process, those of child runs that are over too', async () => {
    const more = {
      ...graphOf(['ask>more'], { nodes: [...child.nodes, { id: 'more', uses: 'wait' }] }),
      id: 'more',
    }
    const blueprint = graphOf(['over>later'], {
      nodes: [subflow('over', 'child'), subflow('live', 'more'), { id: 'later', uses: 'wait' }],
    })
    const blueprints = { child, more }
    const run = await new FlowRuntime({ blueprints }).start(blueprint)
    await settle()
    await run.resume('k:over/ask')
    await run.resume('k:live/ask')
    await settle()
    const again = await new FlowRuntime({ blueprints }).start(blueprint, undefined, { snapshot: await run.snapshot() })
    expect((await again.waits()).map(({ waitId }) => waitId).sort()).toEqual(['later:later', 'more:live/more'])
    for (const waitId of ['k:over/ask', 'k:live/ask'] as const) {
      await expect(again.resume(waitId)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    }
  })

  it('are open again under their id when a retry has made another child run', async () => {
    const clock = new VirtualClock()
    const failing = {
      ...graphOf(['ask>fail'], { nodes: [{ id: 'ask', uses: 'wait', params: { name: 'k' } }] }),
      id: 'failing',
    }
    const fail = ({ input }: { input: unknown }): unknown => {
      if (input === 'bad') throw new HeddleError('NODE_FAILED', 'bad', { retryable: true })
      return input
    }
    const runtime = new FlowRuntime({ registry: { fail }, blueprints: { failing }, clock, random: () => 0 })
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 50 } } as const
    const run = await runtime.start(graphOf([], { nodes: [subflow('sub', 'failing')], config: { sub: { retry } } }))
    await settle()
    await run.resume('k:sub/ask', 'bad')
    await settle()
    await expect(run.resume('k:sub/ask', 'early')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    clock.advance(50)
    await settle()
    await run.resume('k:sub/ask', 'good')
    await expect(run.result()).resolves.toMatchObject({ status: 'completed', output: 'good' })
  })
})
