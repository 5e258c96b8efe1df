import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { isHeddleError, type HeddleError } from '../errors/heddle-error.ts'
import type { NodeConfig, WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { FlowRuntimeOptions } from './options.ts'

type TestHandler = (ctx: NodeContext) => unknown

const one = (config: NodeConfig = {}): WorkflowBlueprint => ({
  id: 'one',
  nodes: [{ id: 'a', uses: 'a', config }],
  edges: [],
})

const runtimeWith = (a: TestHandler, rest: Partial<FlowRuntimeOptions> = {}): FlowRuntime =>
  new FlowRuntime({ registry: { a }, ...rest })

/** Fails the first `times` calls. */
function failing(times: number): { readonly fn: () => string; calls: number } {
  const state = {
    calls: 0,
    fn: (): string => {
      state.calls++
      if (state.calls <= times) throw new Error(`call ${state.calls}`)
      return `call ${state.calls}`
    },
  }
  return state
}

describe('a step', () => {
  it('is run once for its visit, also when its handler runs again after a wait', async () => {
    const calls: string[] = []
    const runtime = runtimeWith(async ({ step, waitFor }) => {
      calls.push('handler')
      const first = await step('first', () => {
        calls.push('first')
        return null
      })
      const answer = await waitFor('ask')
      const second = await step('second', async () => calls.push('second'))
      return [first, answer, second]
    })
    const run = await runtime.start(one())
    await settle()
    await run.resume('ask', 'yes')
    expect(await run.result()).toMatchObject({ status: 'completed', output: [null, 'yes', 4] })
    expect(calls).toEqual(['handler', 'first', 'handler', 'second'])
  })

  it('is not run again in a later attempt of the retry policy', async () => {
    let charges = 0
    const runtime = runtimeWith(async ({ step, attempt }) => {
      const receipt = await step('charge', () => ++charges)
      if (attempt < 3) throw new Error('not yet')
      return { receipt, attempt }
    })
    const { output } = await runtime.run(one({ retry: { maxAttempts: 3 } }))
    expect(output).toEqual({ receipt: 1, attempt: 3 })
    expect(charges).toBe(1)
  })

  it.each([undefined, null, 0, '', false, Number.NaN, 0n])('keeps %s as its result', async (value) => {
    let calls = 0
    const runtime = runtimeWith(async ({ step, sleep }) => {
      const before = await step('s', () => {
        calls++
        return value
      })
      await sleep('nap', 0)
      return [before]
    })
    expect((await runtime.run(one())).output).toEqual([value])
    expect(calls).toBe(1)
  })

  it('answers what the serializer gives back, live as later, and a copy each time', async () => {
    class Account {
      readonly balance = 5
    }
    const seen: unknown[] = []
    const runtime = runtimeWith(async ({ step, sleep }) => {
      const result = await step('s', () => ({ list: [1], at: new Date(5), kind: new Map([['a', 1n]]) }))
      seen.push(structuredClone(result))
      result.list.push(2)
      await sleep('nap', 0)
      const refused = await step('t', () => new Account()).catch((error: unknown) => error)
      return isHeddleError(refused, 'NOT_SERIALISABLE') ? refused.details['path'] : refused
    })
    expect((await runtime.run(one())).output).toBe('$')
    expect(seen).toEqual(Array.from({ length: 2 }, () => ({ list: [1], at: new Date(5), kind: new Map([['a', 1n]]) })))
  })

  it('is tried again by its own retries, with their delays', async () => {
    const clock = new VirtualClock()
    const began = clock.now()
    const step = failing(2)
    const runtime = runtimeWith(
      async (ctx) => {
        const said = await ctx.step('s', step.fn, {
          retry: { maxAttempts: 3, backoff: { type: 'fixed', delay: '1s' } },
        })
        return [said, clock.now() - began, ctx.attempt]
      },
      { clock },
    )
    expect((await whileTimePasses(clock, runtime.run(one()))).output).toEqual(['call 3', 2000, 1])
  })

  it('that failed is seen again in the same attempt, and run again in the next one', async () => {
    const step = failing(2)
    const seen: string[] = []
    const runtime = runtimeWith(async (ctx) => {
      const said = await ctx.step('s', step.fn).catch((error: unknown) => error as Error)
      seen.push(`${ctx.attempt}: ${said instanceof Error ? `${said.name} ${said.message}` : said}`)
      await ctx.sleep('nap', 0)
      if (said instanceof Error) throw said
      return said
    })
    expect((await runtime.run(one({ retry: { maxAttempts: 3 } }))).output).toBe('call 3')
    // The sleep of the first attempt is over for the later ones too.
    expect(seen).toEqual(['1: Error call 1', '1: Error call 1', '2: Error call 2', '3: call 3'])
  })

  it('rejects with the error that it failed with, and that says whether the attempt is made again', async () => {
    const final = Object.assign(new TypeError('no such card', { cause: new Error('why') }), {
      code: 'CARD',
      retryable: false,
    })
    let attempts = 0
    const runtime = runtimeWith(async ({ step }) => {
      attempts++
      await step('charge', () => {
        throw final
      })
    })
    const { errors } = await runtime.run(one({ retry: { maxAttempts: 5 } }))
    expect(errors[0]).toMatchObject({
      code: 'NODE_FAILED',
      cause: { name: 'TypeError', message: 'no such card', code: 'CARD', cause: { message: 'why' } },
    })
    expect(attempts).toBe(1)
  })

  it('that nobody awaits disturbs nothing when it fails', async () => {
    const runtime = runtimeWith(async ({ step, sleep }) => {
      const failed = step('s', () => {
        throw new Error('no')
      })
      await sleep('nap', 0)
      return failed.catch((error: unknown) => (error as Error).message)
    })
    expect((await runtime.run(one())).output).toBe('no')
  })

  it('of one name is told apart by its occurrence', async () => {
    let calls = 0
    const runtime = runtimeWith(async ({ step, sleep }) => {
      const results: unknown[] = []
      for (let at = 0; at < 3; at++) results.push(await step('s', () => ++calls))
      await sleep('nap', 0)
      return results
    })
    expect((await runtime.run(one())).output).toEqual([1, 2, 3])
    expect(calls).toBe(3)
  })

  it('may be under way beside others', async () => {
    const clock = new VirtualClock()
    const began = clock.now()
    const after = (ms: number): Promise<number> =>
      new Promise((resolve) => {
        clock.schedule(ms, () => resolve(ms))
      })
    const runtime = runtimeWith(
      async ({ step }) => {
        const all = await Promise.all([100, 300, 200].map((ms) => step(`wait ${ms}`, () => after(ms))))
        return [...all, clock.now() - began]
      },
      { clock },
    )
    expect((await whileTimePasses(clock, runtime.run(one()))).output).toEqual([100, 300, 200, 300])
  })

  it('of an attempt that has timed out records nothing any more', async () => {
    const clock = new VirtualClock()
    const results: ((value: string) => void)[] = []
    const runtime = runtimeWith(
      ({ step }) =>
        step('s', () => {
          return new Promise<string>((resolve) => {
            results.push(resolve)
          })
        }),
      { clock },
    )
    const work = runtime.run(one({ timeoutMs: 1000, retry: { maxAttempts: 2 } }))
    await settle()
    clock.advance(1000)
    await settle()
    results[0]?.('of the first')
    await settle()
    results[1]?.('of the second')
    expect((await work).output).toBe('of the second')
  })
})

describe('an emitted event', () => {
  it('is told once for its visit', async () => {
    const told: RunEvent[] = []
    const runtime = runtimeWith(async ({ emit, sleep, attempt }) => {
      await emit('order.paid', { id: 7 })
      await sleep('nap', 0)
      await emit('order.paid', { id: 8 })
      if (attempt === 1) throw new Error('again')
    })
    const run = await runtime.start(one({ retry: { maxAttempts: 2 } }))
    for await (const event of run.events()) if (event.type === 'event.emitted') told.push(event)
    expect(await run.status()).toBe('completed')
    expect(told).toMatchObject([
      { nodeId: 'a', call: 'order.paid', event: 'order.paid', payload: { id: 7 } },
      { nodeId: 'a', call: 'order.paid#1', event: 'order.paid', payload: { id: 8 } },
    ])
  })
})

describe('a handler that does not ask for what is recorded', () => {
  let ran = false
  /** A handler that makes other calls in its second run. */
  const changing =
    (before: TestHandler, after: TestHandler): TestHandler =>
    (ctx) => {
      const handler = ran ? after : before
      ran = true
      return handler(ctx)
    }
  const outcome = async (before: TestHandler, after: TestHandler): Promise<unknown> => {
    ran = false
    const config = { retry: { maxAttempts: 3 } }
    const { errors, output, status } = await runtimeWith(changing(before, after)).run(one(config))
    return status === 'completed' ? output : errors[0]
  }
  const nap: TestHandler = async ({ step, sleep }) => {
    await step('charge', () => 1)
    await sleep('nap', 0)
  }

  it('but asks for it as another kind fails without a retry, also if it catches that', async () => {
    const mismatch = await outcome(nap, async ({ sleep }) => {
      await sleep('charge', 0).catch(() => undefined)
      await sleep('nap', 0)
    })
    expect(mismatch).toMatchObject({
      code: 'STEP_MISMATCH',
      details: { visit: 'a', call: 'charge', recorded: 'step', asked: 'sleep' },
    })
    expect((mismatch as HeddleError).message).toContain('"charge" of visit "a" is recorded as a step')
  })

  it('but completes fails, whatever kind it left out', async () => {
    expect(await outcome(nap, async ({ sleep }) => sleep('nap', 0))).toMatchObject({
      code: 'STEP_MISMATCH',
      details: { visit: 'a', call: 'charge', recorded: 'step' },
    })
    expect(await outcome(nap, ({ step }) => step('charge', () => 2))).toMatchObject({
      code: 'STEP_MISMATCH',
      details: { call: 'nap', recorded: 'sleep' },
    })
    expect(await outcome(nap, () => 'plain')).toMatchObject({ code: 'STEP_MISMATCH', details: { call: 'charge' } })
  })

  it('goes on if it declares a rename or a removal', async () => {
    const renamed = await outcome(nap, async ({ step, sleep }) => {
      const result = await step('bill', () => 2, { formerly: ['pay', 'charge'] })
      await sleep('nap', 0)
      return result
    })
    expect(renamed).toBe(1)
    const removed = await outcome(nap, async ({ removedStep, sleep }) => {
      removedStep('charge')
      await sleep('nap', 0)
      return 'removed'
    })
    expect(removed).toBe('removed')
  })
})

describe('durable calls', () => {
  it('are refused in functions that are no handlers, and work in map items and fallbacks', async () => {
    const blueprint: WorkflowBlueprint = {
      id: 'places',
      nodes: [
        { id: 'w', uses: 'w', params: { $when: 'inWhen' } },
        { id: 'o', uses: 'map', params: { over: 'inOver', each: 'each' } },
        { id: 'm', uses: 'map', params: { over: 'over', each: 'each', concurrency: 2 } },
        { id: 'f', uses: 'f', config: { fallback: 'g' } },
        { id: 'g', uses: 'g' },
      ],
      edges: [],
    }
    let doubled = 0
    const step = ({ step: call }: NodeContext): unknown => call('s', () => 1)
    const registry = {
      w: () => 'never',
      inWhen: step,
      inOver: step,
      over: () => [1, 2, 3],
      each: async (ctx: NodeContext) => {
        const twice = await ctx.step('double', () => {
          doubled++
          return Number(ctx.item) * 2
        })
        await ctx.sleep('nap', 10)
        return twice
      },
      f: () => {
        throw new Error('no')
      },
      g: async (ctx: NodeContext) => {
        await ctx.sleep('nap', 10)
        return ctx.step('mend', () => 'mended')
      },
    }
    const clock = new VirtualClock()
    const runtime = new FlowRuntime({ registry, clock })
    const work = runtime.run(blueprint, undefined, { onFailure: 'continue' })
    const { outputs, errors } = await whileTimePasses(clock, work)
    expect(errors.map((error) => (error.cause as HeddleError | undefined)?.code)).toEqual([
      'INVALID_STATE',
      'INVALID_STATE',
    ])
    expect(outputs).toMatchObject({ m: [2, 4, 6], g: 'mended' })
    expect(doubled).toBe(3)
  })

  it.each(['', 'x'.repeat(201), 'a\nb', 'a#1', 5])('refuse %j as their name', async (name) => {
    const runtime = runtimeWith(({ step }) => step(name as string, () => 1))
    expect((await runtime.run(one())).errors[0]).toMatchObject({ cause: { code: 'INVALID_OPTION' } })
  })
})
