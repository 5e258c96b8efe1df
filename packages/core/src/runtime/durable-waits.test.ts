import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import type { NodeConfig, WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { Workflow } from '../ports/workflow.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { FlowRuntimeOptions } from './options.ts'

type TestHandler = (ctx: NodeContext) => unknown

const one = (config: NodeConfig = {}): WorkflowBlueprint => ({
  id: 'one',
  nodes: [{ id: 'a', uses: 'a', config }],
  edges: [],
})

const runtimeWith = (a: TestHandler, rest: Partial<FlowRuntimeOptions> = {}): FlowRuntime =>
  new FlowRuntime({ ...rest, registry: { a, ...rest.registry } })

/** Lets numbers through, and doubles them. */
const doubled: StandardSchema<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) =>
      typeof value === 'number' ? { value: value * 2 } : { issues: [{ message: 'is no number' }] },
  },
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code

const day = 86_400_000

describe('a sleep', () => {
  it('may be as long as a month, until a moment, one after the other or beside others', async () => {
    const clock = new VirtualClock()
    const began = clock.now()
    const ends: number[] = []
    const runtime = runtimeWith(
      async ({ sleep }) => {
        await sleep('nap', '30s')
        await Promise.all([sleep('long', '30d'), sleep('short', 1000)])
        await sleep('until', new Date(began + 31 * day))
        await sleep('before', new Date(began))
        ends.push(clock.now() - began)
      },
      { clock },
    )
    const work = runtime.run(one())
    for (const ms of [30_000, 1000, 30 * day - 1000, day, 0]) {
      await settle()
      clock.advance(ms)
    }
    expect(await work).toMatchObject({ status: 'completed' })
    expect(ends[0]).toBe(31 * day + 30_000)
  })

  it('counts from when it was called, while steps beside it go on', async () => {
    const clock = new VirtualClock()
    const began = clock.now()
    const order: string[] = []
    const runtime = runtimeWith(
      async ({ sleep, step }) => {
        const slow = (): Promise<void> =>
          new Promise((resolve) => {
            clock.schedule(500, () => {
              order.push('step')
              resolve()
            })
          })
        await Promise.all([sleep('nap', 800), step('slow', slow)])
        order.push('nap')
        return clock.now() - began
      },
      { clock },
    )
    expect((await whileTimePasses(clock, runtime.run(one()))).output).toBe(800)
    expect(order).toEqual(['step', 'nap'])
  })

  it.each(['soon', -1, new Date(Number.NaN)])('of %s is refused', async (duration) => {
    const runtime = runtimeWith(({ sleep }) => sleep('nap', duration as number))
    expect((await runtime.run(one())).errors[0]).toMatchObject({ cause: { code: 'INVALID_OPTION' } })
  })

  it('holds no slot, and is waited out by run()', async () => {
    const clock = new VirtualClock()
    const blueprint: WorkflowBlueprint = {
      id: 'many',
      nodes: Array.from({ length: 50 }, (_, at) => ({ id: `n${at}`, uses: 'a' })),
      edges: [],
    }
    const runtime = runtimeWith(({ sleep }) => sleep('nap', 1000), { clock })
    const work = runtime.run(blueprint, undefined, { concurrency: 1 })
    for (let turns = 0; turns < 10; turns++) await settle()
    clock.advance(1000)
    expect(await work).toMatchObject({ status: 'completed' })
  })
})

describe('a limit of time', () => {
  it('counts active time only, and all of it that one attempt was active', async () => {
    const clock = new VirtualClock()
    const work = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        clock.schedule(ms, resolve)
      })
    const handler =
      (last: number): TestHandler =>
      async ({ sleep, step }) => {
        await step('one', () => work(400))
        await sleep('nap', '1d')
        await step('two', () => work(last))
      }
    const endAfter = async (last: number, times: readonly number[]): Promise<unknown> => {
      const run = runtimeWith(handler(last), { clock }).run(one({ timeoutMs: 1000 }))
      for (const ms of times) {
        await settle()
        clock.advance(ms)
      }
      const { status, errors } = await run
      return errors[0]?.code ?? status
    }
    expect(await endAfter(599, [400, day, 599])).toBe('completed')
    expect(await endAfter(601, [400, day, 599, 1])).toBe('NODE_TIMEOUT')
  })
})

describe('a wait of a handler', () => {
  it('is listed and answered like a wait node, once', async () => {
    const runtime = runtimeWith(async ({ waitFor }) => waitFor('approval'))
    const run = await runtime.start(one())
    await settle()
    expect(await run.waits()).toMatchObject([{ waitId: 'approval:a', name: 'approval', nodeId: 'a' }])
    await run.resume('approval', { ok: true })
    expect((await run.result()).output).toEqual({ ok: true })
    await expect(run.resume('approval', 1)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('may be one of several, of the same name too, answered in any order', async () => {
    const runtime = runtimeWith(async ({ waitFor }) => Promise.all([waitFor('x'), waitFor('y'), waitFor('x')]))
    const run = await runtime.start(one())
    await settle()
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['x:a', 'y:a', 'x:a#1'])
    await expect(run.resume('x', 0)).rejects.toMatchObject({ code: 'AMBIGUOUS_WAIT' })
    await run.resume('x:a#1', 3)
    await run.resume('x', 1)
    await settle()
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['y:a'])
    await run.resume('y:a', 2)
    expect((await run.result()).output).toEqual([1, 2, 3])
  })

  it('checks the payload by its schema, and answers what the schema made of it, each time the same', async () => {
    const runtime = runtimeWith(async ({ waitFor, sleep }) => {
      const answer = await waitFor('n', { schema: doubled })
      await sleep('nap', 0)
      return answer
    })
    const run = await runtime.start(one())
    await settle()
    await expect(run.resume('n', 'five')).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await run.resume('n', 5)
    expect((await run.result()).output).toBe(10)
  })

  it('rejects when its time is up, and the handler may go on with that', async () => {
    const clock = new VirtualClock()
    const runtime = runtimeWith(
      async ({ waitFor, attempt }) => [await waitFor('approval', { timeout: '1h' }).catch(codeOf), attempt],
      { clock },
    )
    const run = await runtime.start(one())
    await settle()
    clock.advance(3_600_000)
    expect((await run.result()).output).toEqual(['WAIT_TIMEOUT', 1])
    await expect(run.resume('approval', 1)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
    const uncaught = await runtimeWith(({ waitFor }) => waitFor('w', { timeout: 0 })).start(one())
    expect((await uncaught.result()).errors[0]).toMatchObject({
      code: 'WAIT_TIMEOUT',
      details: { call: 'w', nodeId: 'a' },
    })
  })

  it('that lost a race ends with its visit', async () => {
    const clock = new VirtualClock()
    const runtime = runtimeWith(
      async ({ waitFor, sleep, emit }) => {
        const first = await Promise.race([waitFor('answer'), sleep('limit', '1h').then(() => 'late')])
        await emit(String(first))
        return first
      },
      { clock },
    )
    const run = await runtime.start(one(), undefined, { journal: true })
    await settle()
    clock.advance(3_600_000)
    expect((await run.result()).output).toBe('late')
    await expect(run.resume('answer', 1)).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
    const types = (await run.journal()).map(({ type }) => type)
    expect(types.filter((type) => type === 'wait.cancelled')).toHaveLength(1)
    expect(types.slice(-3)).toEqual(['node.completed', 'wait.cancelled', 'run.completed'])
  })

  it('is not lost if it is answered while the handler runs', async () => {
    let release: () => void = () => undefined
    const runtime = runtimeWith(async ({ waitFor, step }) => {
      const answers = Promise.all([waitFor('x'), waitFor('y')])
      await Promise.race([answers, waitFor('go')])
      await step('slow', () => {
        return new Promise<void>((resolve) => {
          release = resolve
        })
      })
      return answers
    })
    const run = await runtime.start(one())
    await settle()
    await run.resume('go')
    await settle()
    await run.resume('x', 1)
    await run.resume('y', 2)
    release()
    expect((await run.result()).output).toEqual([1, 2])
  })

  it('is opened again by the next attempt, unless it was answered', async () => {
    const runtime = runtimeWith(async ({ waitFor, attempt }) => {
      const first = await waitFor('first')
      const second = waitFor('second')
      if (attempt === 1) {
        await waitFor('third')
        throw new Error('again')
      }
      return [first, await second, await waitFor('third')]
    })
    const run = await runtime.start(one({ retry: { maxAttempts: 2 } }))
    await settle()
    await run.resume('first', 1)
    await settle()
    await run.resume('third', 3)
    await settle()
    expect((await run.waits()).map(({ name }) => name)).toEqual(['second'])
    await run.resume('second', 2)
    expect((await run.result()).output).toEqual([1, 2, 3])
  })

  it('is listed by a fold of the journal, and gone once the run is cancelled', async () => {
    const runtime = runtimeWith(({ waitFor }) => Promise.all([waitFor('x'), waitFor('y')]))
    const run = await runtime.start(one(), undefined, { journal: true })
    await settle()
    await run.resume('x', 1)
    await settle()
    const folded = foldJournal(one(), (await run.journal()) as RunEvent[])
    expect([...folded.waits.keys()]).toEqual(['y:a'])
    await run.cancel()
    expect((await run.result()).status).toBe('cancelled')
    expect(foldJournal(one(), (await run.journal()) as RunEvent[]).waits.size).toBe(0)
  })

  it('goes on from a snapshot, where its payload is checked once the handler asks for it', async () => {
    const clock = new VirtualClock()
    const handler: TestHandler = async ({ waitFor, step }) => {
      const kept = await step('s', () => clock.now())
      return [kept, await waitFor('n', { schema: doubled }).catch(codeOf)]
    }
    const began = clock.now()
    for (const [payload, answer] of [
      [5, 10],
      ['five', 'INVALID_PAYLOAD'],
    ]) {
      const first = await runtimeWith(handler, { clock }).start(one())
      await settle()
      const snapshot = await first.snapshot()
      const again = await runtimeWith(handler, { clock }).start(one(), undefined, { snapshot })
      await again.resume('n', payload)
      expect((await again.result()).output).toEqual([began, answer])
    }
  })
})

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [
    { id: 'ask', uses: 'wait', params: { name: 'approval' } },
    { id: 'end', uses: 'end' },
  ],
  edges: [{ source: 'ask', target: 'end' }],
}
const quick: WorkflowBlueprint = { id: 'quick', nodes: [{ id: 'q', uses: 'q' }], edges: [] }
const registry: Registry = {
  end: ({ input }: NodeContext) => `${String(input)}!`,
  q: ({ input }: NodeContext) => {
    if (input === 'bad') throw new Error('bad input')
    return `quick ${String(input)}`
  },
}
const blueprints = { child, quick }
const quickly: Workflow = { blueprint: quick, registry }

describe('an invoke', () => {
  it('answers the output of a child run, several at once, and takes a workflow too', async () => {
    const runtime = runtimeWith(
      ({ invoke }) => Promise.all([invoke('x', 'quick', 1), invoke('y', quickly, 2), invoke('x', 'quick', 3)]),
      { registry, blueprints },
    )
    const run = await runtime.start(one(), undefined, { journal: true })
    expect((await run.result()).output).toEqual(['quick 1', 'quick 2', 'quick 3'])
    const started = (await run.journal()).filter((event) => event.type === 'child.started')
    expect(new Set(started.map((event) => event.childRunId)).size).toBe(3)
  })

  it('rejects with the failure of the child, and invokes another one in the next attempt', async () => {
    const inputs = ['bad', 'good']
    const runtime = runtimeWith(
      async ({ invoke, attempt }) => {
        const caught = await invoke('caught', 'quick', 'bad').catch((error: unknown) => error)
        return [caught, await invoke('x', 'quick', inputs[attempt - 1])]
      },
      { registry, blueprints },
    )
    const { output } = await runtime.run(one({ retry: { maxAttempts: 2 } }))
    expect(output).toMatchObject([
      { code: 'SUBFLOW_FAILED', details: { call: 'caught', blueprintId: 'quick' }, cause: { code: 'NODE_FAILED' } },
      'quick good',
    ])
  })

  it('lists the waits of its child with the way to them', async () => {
    const runtime = runtimeWith(({ invoke }) => Promise.all([invoke('sub', 'child'), invoke('sub', 'child')]), {
      registry,
      blueprints,
    })
    const run = await runtime.start(one())
    await settle()
    const ids = (await run.waits()).map(({ waitId }) => waitId)
    expect(ids).toEqual(['approval:a+sub/ask', 'approval:a+sub%231/ask'])
    await run.resume(ids[1] as string, 'second')
    await settle()
    await run.resume('approval', 'first')
    expect((await run.result()).output).toEqual(['first!', 'second!'])
  })

  it('that takes too long cancels its child and rejects', async () => {
    const clock = new VirtualClock()
    const runtime = runtimeWith(({ invoke }) => invoke('sub', 'child', 1, { timeout: '1h' }).catch(codeOf), {
      clock,
      registry,
      blueprints,
    })
    const run = await runtime.start(one(), undefined, { journal: true })
    await settle()
    clock.advance(3_600_000)
    expect((await run.result()).output).toBe('INVOKE_TIMEOUT')
    const settled = (await run.journal()).filter((event) => event.type === 'child.settled')
    expect(settled).toMatchObject([{ status: 'cancelled', call: 'sub', error: { code: 'INVOKE_TIMEOUT' } }])
  })

  it('that lost a race cancels its child with its visit', async () => {
    const clock = new VirtualClock()
    const runtime = runtimeWith(({ invoke, sleep }) => Promise.race([invoke('sub', 'child'), sleep('nap', 1000)]), {
      clock,
      registry,
      blueprints,
    })
    const run = await runtime.start(one(), undefined, { journal: true })
    await settle()
    clock.advance(1000)
    expect((await run.result()).status).toBe('completed')
    expect(await run.waits()).toEqual([])
    const settled = (await run.journal()).filter((event) => event.type === 'child.settled')
    expect(settled).toMatchObject([{ status: 'cancelled', call: 'sub' }])
  })

  it('of an unknown workflow, or with an input that cannot be stored, rejects at once', async () => {
    const runtime = runtimeWith(
      async ({ invoke }) => [
        await invoke('x', 'unknown').catch(codeOf),
        await invoke('y', 'quick', () => 1).catch(codeOf),
      ],
      { registry, blueprints },
    )
    expect((await runtime.run(one())).output).toEqual(['UNKNOWN_BLUEPRINT', 'NOT_SERIALISABLE'])
  })

  it('goes on from a snapshot with its child as it was', async () => {
    const handler: TestHandler = ({ invoke }) => invoke('sub', 'child')
    const first = await runtimeWith(handler, { registry, blueprints }).start(one())
    await settle()
    const again = await runtimeWith(handler, { registry, blueprints }).start(one(), undefined, {
      snapshot: await first.snapshot(),
    })
    await again.resume('approval', 'moved')
    expect((await again.result()).output).toBe('moved!')
  })
})
