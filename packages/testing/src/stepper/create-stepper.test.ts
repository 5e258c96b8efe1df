import { route, type Handler, type NodeContext, type Registry, type StandardSchema, type Workflow } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../../test/graph.ts'
import { virtualClock } from '../clock/virtual-clock.ts'
import { createStepper } from './create-stepper.ts'

/** Handlers that note each of their calls. */
function counting(handlers: Readonly<Record<string, Handler>>): { registry: Registry; calls: string[] } {
  const calls: string[] = []
  const entries = Object.entries(handlers).map(([name, handler]): [string, Handler] => [
    name,
    (context: NodeContext) => {
      calls.push(name)
      return handler(context)
    },
  ])
  return { registry: Object.fromEntries(entries), calls }
}

const diamond = graph({ a: {}, b: {}, c: {}, d: {} }, [
  ['a', 'b'],
  ['a', 'c'],
  ['b', 'd'],
  ['c', 'd'],
])
const diamondHandlers = {
  a: ({ input }: NodeContext<number>) => input + 1,
  b: ({ input }: NodeContext<number>) => input * 10,
  c: ({ input }: NodeContext<number>) => input * 100,
  d: ({ deps }: NodeContext<unknown, { b: number; c: number }>) => deps.b + deps.c,
}

describe('stepping forth', () => {
  it('attempts one batch a step, and is stalled until the last one', async () => {
    const stepper = createStepper(diamond, { input: 1, registry: diamondHandlers })
    expect([stepper.status, stepper.ready().map(({ nodeId }) => nodeId)]).toEqual(['stalled', ['a']])
    await stepper.next()
    expect([stepper.status, stepper.ready().map(({ nodeId }) => nodeId)]).toEqual(['stalled', ['b', 'c']])
    await stepper.next()
    expect(stepper.result.outputs).toEqual({ a: 2, b: 20, c: 200 })
    expect(stepper.isDone).toBe(false)
    const result = await stepper.next()
    expect([result.status, result.output, stepper.isDone, stepper.steps]).toEqual(['completed', 220, true, 3])
    expect(stepper.ready()).toEqual([])
  })

  it('answers snapshots: a later step does not change an earlier result', async () => {
    const stepper = createStepper(diamond, { input: 1, registry: diamondHandlers })
    const first = await stepper.next()
    await stepper.next()
    expect(first.outputs).toEqual({ a: 2 })
  })

  it('stays as it is when the run has ended', async () => {
    const stepper = createStepper(graph({ a: {} }), { input: 1, registry: diamondHandlers })
    const result = await stepper.next()
    await expect(stepper.next()).resolves.toEqual(result)
    expect(stepper.steps).toBe(1)
  })

  it('runs stubs in place of handlers: values, results with an action, functions of the context', async () => {
    const { registry, calls } = counting({
      pick: () => route('no'),
      yes: () => 'yes',
      no: () => 'no',
      last: () => 'last',
    })
    const flow = graph({ pick: {}, yes: {}, no: {}, last: {} }, [
      ['pick', 'yes', { action: 'yes' }],
      ['pick', 'no', { action: 'no' }],
      ['yes', 'last'],
      ['no', 'last'],
    ])
    const stubs = { pick: route('yes', 'stubbed'), last: (context: NodeContext) => ['stub', context.deps] }
    const stepper = createStepper(flow, { registry, stubs })
    const result = await stepper.until((now) => now.status === 'completed')
    expect(calls).toEqual(['yes'])
    expect(result.output).toEqual(['stub', { yes: 'yes' }])
  })

  it('stubs maps, waits, sleeps and subflows as a whole', async () => {
    const flow = graph({
      map: { params: { each: 'item' } },
      wait: {},
      sleep: { params: { durationMs: 5 } },
      subflow: { params: { blueprintId: 'child' } },
    })
    const stubs = { map: [1, undefined], wait: undefined, sleep: 'slept', subflow: 'child' }
    const registry = { item: () => 0 }
    const stepper = createStepper(flow, { input: [1], registry, blueprints: { child: graph({ item: {} }) }, stubs })
    const { status, outputs } = await stepper.next()
    expect([status, outputs]).toEqual(['completed', stubs])
  })

  it('refuses stubs of nodes that do not exist, and blueprints that are invalid', () => {
    expect(() => createStepper(diamond, { registry: diamondHandlers, stubs: { e: 1 } })).toThrow('"e"')
    expect(() => createStepper(diamond, { registry: {} })).toThrow('invalid')
  })

  it.each([
    null,
    undefined,
    7,
    {},
    { id: 'x', nodes: [null], edges: [] },
    { id: 'x', nodes: 5 },
    { blueprint: null, registry: {} },
  ])('refuses %j, which is no blueprint, as a runtime does', (given) => {
    const create = (): unknown => createStepper(given as never, { registry: {}, stubs: { a: 1 } } as never)
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_BLUEPRINT' }))
  })

  it('moves the clock by itself while nothing is ready and a timer is pending', async () => {
    const stepper = createStepper(graph({ sleep: { params: { durationMs: 86_400_000 } }, a: {} }, [['sleep', 'a']]), {
      input: 1,
      registry: diamondHandlers,
    })
    await stepper.next()
    expect(stepper.clock.now()).toBe(0)
    await stepper.next()
    expect([stepper.clock.now(), stepper.ready().map(({ nodeId }) => nodeId)]).toEqual([86_400_000, ['a']])
    expect((await stepper.next()).output).toBe(2)
  })

  it('waits out the delays of retries within a step', async () => {
    let attempts = 0
    const retry = { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 500 } } as const
    const flaky = (): number => {
      if (++attempts < 3) throw new Error('not yet')
      return attempts
    }
    const stepper = createStepper(graph({ flaky: { config: { retry } } }), { registry: { flaky } })
    expect((await stepper.next()).output).toBe(3)
    expect(stepper.clock.now()).toBe(1000)
  })

  it('lets no time pass while a handler is at real work, and lets a hanging one time out when it is told to', async () => {
    const config = { timeoutMs: 1000 }
    const real = (): Promise<string> =>
      new Promise((resolve) => {
        setImmediate(() => setImmediate(() => setImmediate(() => resolve('real'))))
      })
    const busy = createStepper(graph({ real: { config } }), { registry: { real } })
    expect((await busy.next()).output).toBe('real')
    expect(busy.clock.now()).toBe(0)
    const hanging = createStepper(graph({ hang: { config } }), {
      registry: { hang: () => new Promise(() => {}) },
      clockMode: 'always',
    })
    expect((await hanging.next()).errors.map(({ code }) => code)).toEqual(['NODE_TIMEOUT'])
    const byHand = createStepper(graph({ hang: { config } }), {
      registry: { hang: () => new Promise(() => {}) },
    })
    const step = byHand.next()
    await byHand.clock.advance(1000)
    expect((await step).status).toBe('failed')
  })

  it('steps until a node has settled, each iteration of a loop being a visit of its own', async () => {
    const flow = graph(
      { model: {}, tools: {} },
      [
        ['model', 'tools', { action: 'call' }],
        ['tools', 'model'],
      ],
      { start: ['model'] },
    )
    const registry = {
      model: ({ iteration }: NodeContext) => (iteration[0] === 2 ? route('done', iteration) : route('call', iteration)),
      tools: () => 'result',
    }
    const stepper = createStepper(flow, { registry })
    expect((await stepper.until('tools')).outputs).toMatchObject({ model: [0] })
    expect((await stepper.until('tools')).outputs).toMatchObject({ model: [1] })
    expect((await stepper.until('tools')).status).toBe('completed')
    await expect(stepper.until('tool')).rejects.toMatchObject({ code: 'UNKNOWN_NODE' })
  })

  it('resumes waits, those of child runs too', async () => {
    const child = graph({ approval: { uses: 'wait' }, a: {} }, [['approval', 'a']])
    const flow = graph({ sub: { uses: 'subflow', params: { blueprintId: 'child' } } })
    const stepper = createStepper(flow, { registry: diamondHandlers, blueprints: { child } })
    await stepper.next()
    expect((await stepper.next()).status).toBe('awaiting')
    expect(stepper.result.waits.map(({ name }) => name)).toEqual(['approval'])
    await stepper.resume('approval', 41)
    await expect(stepper.resume('approval', 41)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    expect((await stepper.next()).output).toBe(42)
  })

  it('lets a wait expire when the clock is moved', async () => {
    const stepper = createStepper(
      graph({ wait: { params: { timeoutMs: 100, timeoutAction: 'late' } }, late: {} }, [
        ['wait', 'late', { action: 'late' }],
      ]),
      { registry: { late: () => 'late' } },
    )
    expect((await stepper.next()).status).toBe('awaiting')
    expect((await stepper.next()).status).toBe('awaiting')
    await stepper.clock.advance(100)
    expect((await stepper.until('late')).output).toBe('late')
  })

  it('cancels the run', async () => {
    const stepper = createStepper(diamond, { input: 1, registry: diamondHandlers })
    await stepper.next()
    expect((await stepper.cancel()).status).toBe('cancelled')
    expect((await stepper.back()).status).toBe('stalled')
    expect((await stepper.until('d')).output).toBe(220)
  })
})

describe('a workflow with a schema', () => {
  const schema: StandardSchema<{ n?: number }, { n: number }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) => {
        const { n = 7 } = (value ?? {}) as { n?: unknown }
        return typeof n === 'number' ? { value: { n } } : { issues: [{ message: 'not a number', path: ['n'] }] }
      },
    },
  }
  const workflow: Workflow<{ n?: number }, number, { a: number; b: string | undefined }, { ok: boolean }> = {
    blueprint: graph({ a: {}, b: { params: { $when: 'b.when' } } }, [['a', 'b']]),
    registry: { a: ({ input }: NodeContext<{ n: number }>) => input.n, b: () => 'b', 'b.when': () => true },
    inputSchema: schema,
  }

  it('checks the input at the first step, and runs with what the schema makes of it', async () => {
    const stepper = createStepper(workflow, { input: {} })
    expect((await stepper.next()).outputs.a).toBe(7)
    const wrong = createStepper(workflow, { input: { n: 'x' as unknown as number } })
    await expect(wrong.next()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('types stubs, outputs, node ids and waits', async () => {
    const stepper = createStepper(workflow, { input: { n: 1 }, stubs: { a: 5, b: () => 'stub' } })
    const result = await stepper.until('b')
    const b: string | undefined = result.outputs.b
    expect(b).toBe('stub')
    // @ts-expect-error the stub of a is a number
    createStepper(workflow, { input: {}, stubs: { a: 'x' } })
    // @ts-expect-error the input is missing
    createStepper(workflow, {})
    // @ts-expect-error no such node
    await expect(stepper.until('c')).rejects.toThrow('"c"')
    // @ts-expect-error the payload is a boolean
    await expect(stepper.resume('ok', 'yes')).rejects.toThrow('ok')
  })
})

describe('stepping back', () => {
  it('restores what was before the last step, and calls no handler again', async () => {
    const { registry, calls } = counting(diamondHandlers)
    const stepper = createStepper(diamond, { input: 1, registry })
    await stepper.next()
    const before = [
      stepper.result.outputs,
      stepper.status,
      stepper.ready(),
      stepper.events.map(({ seq, type }) => [seq, type]),
    ]
    await stepper.next()
    await stepper.back()
    expect([
      stepper.result.outputs,
      stepper.status,
      stepper.ready(),
      stepper.events.map(({ seq, type }) => [seq, type]),
    ]).toEqual(before)
    expect(calls).toEqual(['a', 'b', 'c'])
    expect(stepper.steps).toBe(1)
  })

  it('runs undone steps live again: the run may take another course', async () => {
    let answer = 'left'
    const flow = graph({ a: {}, pick: {}, left: {}, right: {} }, [
      ['a', 'pick'],
      ['pick', 'left', { action: 'left' }],
      ['pick', 'right', { action: 'right' }],
    ])
    const { registry, calls } = counting({
      a: () => 1,
      pick: () => route(answer),
      left: () => 'left',
      right: () => 'right',
    })
    const stepper = createStepper(flow, { registry })
    expect((await stepper.until('left')).outputs).toEqual({ a: 1, pick: undefined, left: 'left' })
    await stepper.back()
    await stepper.back()
    answer = 'right'
    expect((await stepper.until('right')).outputs).toEqual({ a: 1, pick: undefined, right: 'right' })
    expect(calls).toEqual(['a', 'pick', 'left', 'pick', 'right'])
  })

  it('goes back to the very beginning, and no further', async () => {
    const stepper = createStepper(diamond, { input: 1, registry: diamondHandlers })
    await stepper.until('d')
    for (let step = 0; step < 3; step++) await stepper.back()
    expect([stepper.result.outputs, stepper.status, stepper.events.length, stepper.ready().length]).toEqual([
      {},
      'stalled',
      0,
      1,
    ])
    await expect(stepper.back()).rejects.toMatchObject({ code: 'INVALID_STATE' })
    expect((await stepper.until('d')).output).toBe(220)
  })

  it('restores throws, shared values, actions, the clock and what was resumed', async () => {
    const flow = graph(
      {
        a: { config: { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 50 } } } },
        nap: { uses: 'sleep', params: { durationMs: 100 } },
        ask: { uses: 'wait', params: { timeoutMs: 1000 } },
        b: {},
        c: {},
      },
      [
        ['a', 'nap'],
        ['nap', 'ask'],
        ['ask', 'b'],
        ['b', 'c', { on: 'error' }],
      ],
      { policy: { context: { log: { reducer: 'append' } } } },
    )
    const { registry, calls } = counting({
      a: ({ context, attempt }: NodeContext) => {
        context.set('log', `a${attempt}`)
        context.update('n', (n) => Number(n ?? 0) + 1)
        if (attempt === 1) throw new Error('first')
        return 'a'
      },
      b: ({ input }: NodeContext) => {
        throw new TypeError(String(input))
      },
      c: ({ context }: NodeContext) => context.get('log'),
    })
    const stepper = createStepper(flow, { registry })
    await stepper.until((result) => result.status === 'awaiting')
    await stepper.clock.advance(10)
    await stepper.resume('ask', 'payload')
    await stepper.until('b')
    const seen = (): unknown[] => [
      stepper.result.context,
      stepper.result.outputs,
      stepper.status,
      stepper.clock.now(),
      stepper.events.map(({ type, at }) => [type, at]),
    ]
    const afterB = seen()
    await stepper.next()
    expect(stepper.result.output).toEqual(['a2'])
    await stepper.back()
    expect(seen()).toEqual(afterB)
    expect(stepper.clock.now()).toBe(160)
    await stepper.back()
    await stepper.back()
    expect(calls).toEqual(['a', 'a', 'b', 'c'])
    await stepper.back()
    expect([stepper.status, stepper.result.waits[0]?.deadline, stepper.clock.now()]).toEqual(['awaiting', 1150, 160])
    await stepper.clock.advance(990)
    expect((await stepper.next()).errors[0]?.code).toBe('WAIT_TIMEOUT')
    expect(calls).toEqual(['a', 'a', 'b', 'c'])
  })

  it('replays maps, loops, child runs, conditions and attempts that timed out without calling anything', async () => {
    const child = graph({ x: {}, y: {} }, [['x', 'y']])
    const flow = graph(
      {
        items: { uses: 'map', params: { each: 'each', over: 'over' } },
        loop: {},
        sub: { uses: 'subflow', params: { blueprintId: 'child' } },
        guarded: { params: { $when: 'when' } },
        slow: { config: { timeoutMs: 10 } },
        end: { config: { joinStrategy: 'settled' } },
      },
      [
        ['items', 'loop'],
        ['loop', 'loop', { action: 'again' }],
        ['loop', 'sub', { action: 'done' }],
        ['sub', 'guarded'],
        ['sub', 'slow'],
        ['guarded', 'end'],
        ['slow', 'end'],
      ],
      { policy: { onFailure: 'continue' } },
    )
    const { registry, calls } = counting({
      over: () => [1, 2],
      each: ({ item }: NodeContext) => item,
      loop: ({ iteration }: NodeContext) => route(iteration[0] === 1 ? 'done' : 'again'),
      x: () => 'x',
      y: () => 'y',
      when: () => false,
      guarded: () => 'guarded',
      slow: ({ signal }: NodeContext) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('too late'))
        }),
      end: () => 'end',
    })
    const stepper = createStepper(flow, { registry, blueprints: { child }, clockMode: 'always' })
    await stepper.until('slow')
    const all = ['over', 'each', 'each', 'loop', 'loop', 'x', 'y', 'when', 'slow']
    expect(calls).toEqual(all)
    const { outputs, skipped } = stepper.result
    await stepper.next()
    await stepper.back()
    expect(calls).toEqual([...all, 'end'])
    expect([stepper.result.outputs, stepper.result.skipped]).toEqual([outputs, skipped])
    expect(stepper.result.errors.map(({ code }) => code)).toEqual(['NODE_TIMEOUT'])
    expect((await stepper.next()).status).toBe('failed')
  })

  it('does not start a running child again, and takes up what it answers', async () => {
    const open: ((value: string) => void)[] = []
    const { registry, calls } = counting({
      slow: () =>
        new Promise((resolve) => {
          open.push(resolve)
        }),
      a: () => 1,
      b: () => 2,
    })
    const flow = graph({ sub: { uses: 'subflow', params: { blueprintId: 'child' } }, a: {}, b: {} }, [['a', 'b']])
    const stepper = createStepper(flow, { registry, blueprints: { child: graph({ slow: {} }) } })
    await stepper.next()
    await stepper.next()
    await stepper.back()
    expect(calls).toEqual(['a', 'slow', 'b'])
    open[0]?.('child')
    await stepper.clock.settle()
    expect((await stepper.next()).outputs).toEqual({ sub: 'child', a: 1, b: 2 })
    expect(calls).toEqual(['a', 'slow', 'b', 'b'])
  })

  it('starts at the time of the clock that it was given', async () => {
    const clock = virtualClock({ startMs: 5000 })
    const stepper = createStepper(graph({ nap: { uses: 'sleep', params: { durationMs: 10 } } }), { clock })
    await stepper.next()
    await stepper.next()
    expect(clock.now()).toBe(5010)
    await stepper.back()
    expect(clock.now()).toBe(5000)
  })
})
