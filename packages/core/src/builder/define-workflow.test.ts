import { describe, expect, it } from 'vitest'
import { route } from '../model/node-result.ts'
import { CelEvaluator } from '../defaults/cel-evaluator.ts'
import { validateBlueprint } from '../graph/validate.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'
import { append, shared } from './reducers.ts'

const schema = ofType<{ ok: boolean }>()
const child = defineWorkflow('child', { input: ofType<number>() })
  .node('x', ({ input }) => input + 1)
  .build()

describe('defineWorkflow', () => {
  it('makes plain JSON of nodes, edges, durations and policy', () => {
    const flow = defineWorkflow('w', {
      version: '2',
      onFailure: 'continue',
      deadline: '1h',
      context: { log: append<string>(), draft: shared<string>() },
      metadata: { owner: 'me' },
    })
      .node('a', () => 1)
      .node(
        'b',
        {
          after: 'a',
          join: 'any',
          retry: { maxAttempts: 3, backoff: '2s', retryOn: ['EAGAIN'] },
          timeout: '30s',
          inputs: { x: 'deps.a' },
          params: { limit: 3 },
          cancels: 'a',
          concurrencyKey: 'api',
          queue: 'slow',
          priority: 2,
          maxIterations: 5,
        },
        () => 2,
      )
      .build({ output: 'b' })
    expect(JSON.parse(JSON.stringify(flow.blueprint))).toEqual(flow.blueprint)
    expect(flow.blueprint).toEqual({
      id: 'w',
      version: '2',
      nodes: [
        { id: 'a', uses: 'a' },
        {
          id: 'b',
          uses: 'b',
          params: { limit: 3 },
          inputs: { x: 'deps.a' },
          config: {
            joinStrategy: 'any',
            retry: { maxAttempts: 3, backoff: { type: 'exponential', delayMs: 2000 }, retryOn: ['EAGAIN'] },
            timeoutMs: 30_000,
            cancels: ['a'],
            maxIterations: 5,
            concurrencyKey: 'api',
            queue: 'slow',
            priority: 2,
          },
        },
      ],
      edges: [{ source: 'a', target: 'b' }],
      policy: {
        onFailure: 'continue',
        deadlineMs: 3_600_000,
        context: { log: { reducer: 'append' }, draft: {} },
        output: 'b',
      },
      metadata: { owner: 'me' },
    })
    expect(Object.keys(flow.registry)).toEqual(['a', 'b'])
  })

  it('says nothing that was not said', () => {
    const flow = defineWorkflow('w')
      .node('a', () => 1)
      .build()
    expect(flow.blueprint).toEqual({ id: 'w', nodes: [{ id: 'a', uses: 'a' }], edges: [] })
    expect(Object.keys(flow)).toEqual(['blueprint', 'registry'])
  })

  it('spells out a backoff', () => {
    const retry = {
      maxAttempts: 2,
      backoff: { type: 'fixed', delay: '1s', maxDelay: '5s', factor: 3, jitter: 0.5 },
    } as const
    const { blueprint } = defineWorkflow('w')
      .node('a', { retry }, () => 1)
      .build()
    expect(blueprint.nodes[0]?.config?.retry).toEqual({
      maxAttempts: 2,
      backoff: { type: 'fixed', delayMs: 1000, maxDelayMs: 5000, factor: 3, jitter: 0.5 },
    })
  })

  it('registers the functions that were given under the names that the blueprint uses', () => {
    const handler = (): number => 1
    const when = (): boolean => true
    const undo = (): void => {}
    const { blueprint, registry } = defineWorkflow('w')
      .node('a', { when, compensate: undo, params: { limit: 1 } }, handler)
      .build()
    expect(blueprint.nodes).toEqual([
      { id: 'a', uses: 'a', params: { limit: 1, $when: 'a.when' }, config: { compensate: 'a.compensate' } },
    ])
    expect(registry).toEqual({ a: handler, 'a.when': when, 'a.compensate': undo })
    expect(Object.getPrototypeOf(registry)).toBeNull()
  })

  it('says how a node is undone, in its options or in a step of its own', () => {
    const refund = (): void => {}
    const { blueprint, registry } = defineWorkflow('w', { onFailure: 'compensate' })
      .node('a', { timeout: 5 }, () => 1)
      .compensate('a', refund)
      .node('b', { after: 'a', compensate: refund }, () => 2)
      .fallback('f', { of: 'b' }, () => 3)
      .compensate('f', refund)
      .build()
    expect(blueprint.policy).toEqual({ onFailure: 'compensate' })
    expect(blueprint.nodes.map(({ config }) => config)).toEqual([
      { timeoutMs: 5, compensate: 'a.compensate' },
      { compensate: 'b.compensate', fallback: 'f' },
      { compensate: 'f.compensate' },
    ])
    expect(registry).toMatchObject({ 'a.compensate': refund, 'b.compensate': refund, 'f.compensate': refund })
  })

  it('keeps the schema of the input', () => {
    const input = ofType<string>()
    expect(
      defineWorkflow('w', { input })
        .node('a', () => 1)
        .build().inputSchema,
    ).toBe(input)
  })

  it('puts actions, conditions and error edges on the edges from all predecessors or from those that are named', () => {
    const { blueprint } = defineWorkflow('w')
      .node('a', () => route('yes', 1))
      .node('b', () => 2)
      .node('c', { after: 'a', action: 'yes', condition: 'result > 0' }, () => 3)
      .node('d', { after: ['b', 'a'], action: { a: 'yes' }, condition: { b: 'result > 1' } }, () => 4)
      .build()
    expect(blueprint.edges).toEqual([
      { source: 'a', target: 'c', action: 'yes', condition: 'result > 0' },
      { source: 'b', target: 'd', condition: 'result > 1' },
      { source: 'a', target: 'd', action: 'yes' },
    ])
    const rescue = defineWorkflow('w')
      .node('a', () => 1)
      .node('r', { after: 'a', on: 'error' }, () => 2)
      .build()
    expect(rescue.blueprint.edges).toEqual([{ source: 'a', target: 'r', on: 'error' }])
  })

  it('points nodes at their fallback', () => {
    const { blueprint } = defineWorkflow('w')
      .node('a', { timeout: 5 }, () => 1)
      .node('b', { after: 'a' }, () => 2)
      .fallback('f', { of: ['a', 'b'], retry: { maxAttempts: 2 } }, () => 0)
      .build()
    expect(blueprint.nodes).toEqual([
      { id: 'a', uses: 'a', config: { timeoutMs: 5, fallback: 'f' } },
      { id: 'b', uses: 'b', config: { fallback: 'f' } },
      { id: 'f', uses: 'f', config: { retry: { maxAttempts: 2 } } },
    ])
  })
})

describe('kinds of node', () => {
  it('map', () => {
    const over = (): number[] => [1]
    const each = (): number => 1
    const { blueprint, registry } = defineWorkflow('w')
      .node('a', () => 1)
      .map(
        'm',
        { after: 'a', over, when: () => true, concurrency: 4, tolerated: { count: 1, share: 0.1 }, params: { x: 1 } },
        each,
      )
      .build()
    expect(blueprint.nodes[1]).toEqual({
      id: 'm',
      uses: 'map',
      params: {
        each: 'm',
        over: 'm.over',
        concurrency: 4,
        tolerated: { count: 1, share: 0.1 },
        params: { x: 1 },
        $when: 'm.when',
      },
    })
    expect(registry['m']).toBe(each)
    expect(registry['m.over']).toBe(over)
  })

  it('wait', () => {
    const flow = defineWorkflow('w')
      .node('a', () => 1)
      .wait('w1', { after: 'a', schema, timeout: '7d', timeoutAction: 'late' })
      .wait('w2', { after: 'a' })
      .build()
    expect(flow.blueprint.nodes.slice(1)).toEqual([
      { id: 'w1', uses: 'wait', params: { name: 'w1', timeoutMs: 604_800_000, timeoutAction: 'late', schema: true } },
      { id: 'w2', uses: 'wait', params: { name: 'w2' } },
    ])
    expect(flow.waitSchemas).toEqual({ w1: schema })
    expect(Object.keys(flow.registry)).toEqual(['a'])
  })

  it('webhook', () => {
    const announce = (): void => undefined
    const { blueprint, registry, waitSchemas } = defineWorkflow('w')
      .webhook('paid', { schema, timeout: '1h', timeoutAction: 'late', announce })
      .webhook('signed', { after: 'paid', announce })
      .build()
    const params = {
      announce: 'paid.announce',
      name: 'paid',
      timeoutMs: 3_600_000,
      timeoutAction: 'late',
      schema: true,
    }
    expect(blueprint.nodes).toEqual([
      { id: 'paid', uses: 'webhook', params },
      { id: 'signed', uses: 'webhook', params: { announce: 'signed.announce', name: 'signed' } },
    ])
    expect(waitSchemas).toEqual({ paid: schema })
    expect(registry['paid.announce']).toBe(announce)
  })

  it('sleep', () => {
    const until = (): Date => new Date(0)
    const { blueprint, registry } = defineWorkflow('w')
      .sleep('s1', { for: '1.5h' })
      .sleep('s2', { after: 's1', until })
      .build()
    expect(blueprint.nodes).toEqual([
      { id: 's1', uses: 'sleep', params: { durationMs: 5_400_000 } },
      { id: 's2', uses: 'sleep', params: { until: 's2.until' } },
    ])
    expect(registry).toEqual({ 's2.until': until })
  })

  it('subflow', () => {
    const flow = defineWorkflow('w', { input: ofType<number>() })
      .subflow('s1', { workflow: child })
      .subflow('s2', { after: 's1', workflow: child, input: ({ deps }) => deps.s1, output: ({ output }) => [output] })
      .build()
    expect(flow.blueprint.nodes).toEqual([
      { id: 's1', uses: 'subflow', params: { blueprintId: 'child' } },
      { id: 's2', uses: 'subflow', params: { blueprintId: 'child', input: 's2.input', output: 's2.output' } },
    ])
    expect(flow.subflows).toEqual({ child })
    expect(Object.keys(flow.registry)).toEqual(['s2.input', 's2.output'])
  })

  it('loop', async () => {
    const flow = defineWorkflow('w', { input: ofType<number>() })
      .node('a', ({ input }) => [input])
      .loop('l', {
        after: 'a',
        body: child,
        input: ({ deps }) => deps.a.length,
        when: () => false,
        until: async ({ output }) => output > 3,
        maxIterations: 7,
      })
      .node('b', { after: 'l' }, ({ deps }) => deps.l)
      .build()
    expect(flow.blueprint).toEqual({
      id: 'w',
      nodes: [
        { id: 'a', uses: 'a' },
        {
          id: 'l',
          uses: 'subflow',
          params: { blueprintId: 'child', input: 'l.input', again: 'l.again', $when: 'l.when' },
          config: { maxIterations: 7 },
        },
        { id: 'b', uses: 'b' },
      ],
      edges: [
        { source: 'a', target: 'l' },
        { source: 'l', target: 'l', action: 'again' },
        { source: 'l', target: 'b', action: 'done' },
      ],
    })
    expect(flow.subflows).toEqual({ child })
    await expect(flow.registry['l.again']?.({ output: 3 })).resolves.toBe(true)
    await expect(flow.registry['l.again']?.({ output: 4 })).resolves.toBe(false)
  })

  it('loop asks its input mapping and its when in the first iteration only', () => {
    const { registry } = defineWorkflow('w', { input: ofType<string>() })
      .loop('l', { body: child, input: ({ input }) => input.length, when: () => false, while: () => true })
      .build()
    expect(registry['l.input']?.({ input: 'abc', iteration: [4, 0] })).toBe(3)
    expect(registry['l.input']?.({ input: 8, iteration: [4, 1] })).toBe(8)
    expect(registry['l.when']?.({ iteration: [0] })).toBe(false)
    expect(registry['l.when']?.({ iteration: [1] })).toBe(true)
  })

  it('loop leaves error edges alone and starts a run by itself', () => {
    const { blueprint } = defineWorkflow('w', { input: ofType<number>() })
      .loop('l', { body: child, while: () => true })
      .node('rescue', { after: 'l', on: 'error' }, () => 1)
      .build({ output: 'l' })
    expect(blueprint.start).toEqual(['l'])
    expect(blueprint.edges).toEqual([
      { source: 'l', target: 'l', action: 'again' },
      { source: 'l', target: 'rescue', on: 'error' },
    ])
  })
})

describe('edges and starts', () => {
  const agent = () =>
    defineWorkflow('agent', { input: ofType<string[]>() })
      .node('model', ({ input }) => (input.length < 3 ? route('call', input) : route('done', input)))
      .node('tools', { after: 'model', action: 'call' }, ({ input }) => [...input, 'x'])
      .node('answer', { after: 'model', action: 'done' }, ({ input }) => input)

  it('names the start of a loop that begins with its first node', () => {
    const { blueprint } = agent().edge('tools', 'model', { transform: 'result' }).build()
    expect(blueprint.start).toEqual(['model'])
    expect(blueprint.edges[2]).toEqual({ source: 'tools', target: 'model', transform: 'result' })
  })

  it('names no start where the engine finds it', () => {
    const { blueprint } = defineWorkflow('w')
      .node('a', () => route('x', 1))
      .node('b', () => 1)
      .edge('a', 'b', { action: 'x', condition: 'true' })
      .build()
    expect(blueprint).toEqual({
      id: 'w',
      nodes: [
        { id: 'a', uses: 'a' },
        { id: 'b', uses: 'b' },
      ],
      edges: [{ source: 'a', target: 'b', action: 'x', condition: 'true' }],
    })
  })

  it('takes the start that is given', () => {
    const flow = defineWorkflow('w')
      .node('a', () => 1)
      .node('b', () => 1)
    expect(flow.build({ start: ['b'] }).blueprint.start).toEqual(['b'])
  })

  it('adds another way along an after', () => {
    const { blueprint } = defineWorkflow('w')
      .node('a', ({ input }) => (input === 1 ? route('x', 1) : route('y', 1)))
      .node('b', { after: 'a', action: 'x' }, () => 1)
      .edge('a', 'b', { action: 'y' })
      .build()
    expect(blueprint.edges).toEqual([
      { source: 'a', target: 'b', action: 'x' },
      { source: 'a', target: 'b', action: 'y' },
    ])
  })
})

describe('blueprints', () => {
  it('have no problems by the rules of the engine', () => {
    const flow = defineWorkflow('w', { input: ofType<number>(), context: { log: append<string>() }, deadline: '1h' })
      .node('a', ({ input }) => (input > 1 ? route('big', [input]) : route('small', [0])))
      .map(
        'm',
        { after: 'a', action: 'big', over: ({ deps }) => deps.a, tolerated: { share: 0.5 } },
        ({ item }) => item,
      )
      .loop('l', { after: 'm', body: child, input: () => 1, until: () => true, maxIterations: 5 })
      .wait('w1', { after: 'a', action: 'small', schema, timeout: '7d', timeoutAction: 'late' })
      .sleep('s', { after: 'w1', action: 'late', for: '1s' })
      .subflow('c', { after: ['l', 's'], workflow: child, input: ({ deps }) => deps.l ?? 0 })
      .fallback('f', { of: ['a', 'c'] }, () => {
        throw new Error('unused')
      })
      .node('h', { after: 'c', header: true, condition: 'result > 1.0' }, ({ input }) => route('again', input))
      .edge('h', 'h', { action: 'again', transform: 'result' })
      .build({ output: 'h' })
    const problems = validateBlueprint(flow.blueprint, {
      registry: flow.registry,
      blueprints: new Set(['child']),
      evaluator: new CelEvaluator(),
    })
    expect(problems).toEqual([])
    expect(validateBlueprint(child.blueprint)).toEqual([])
  })
})

describe('builders', () => {
  it('are never changed by a step', () => {
    const base = defineWorkflow('w').node('a', () => 1)
    const left = base.node('b', { after: 'a' }, () => 1)
    const right = base.node('b', () => 2).node('c', () => 3)
    expect(base.build().blueprint.nodes.map(({ id }) => id)).toEqual(['a'])
    expect(left.build().blueprint.edges).toHaveLength(1)
    expect(right.build().blueprint.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('give equal blueprints when built twice, also after the first one was frozen', () => {
    const make = () =>
      defineWorkflow('w')
        .node('a', { params: { x: 1 } }, () => 1)
        .node('b', { after: 'a' }, () => 2)
    const builder = make()
    const first = builder.build().blueprint
    for (const part of [first, first.nodes, first.edges, ...first.nodes, ...first.edges]) Object.freeze(part)
    expect(JSON.stringify(builder.build().blueprint)).toBe(JSON.stringify(first))
    expect(JSON.stringify(make().build().blueprint)).toBe(JSON.stringify(first))
  })

  it('take thousands of steps', () => {
    let builder = defineWorkflow('w').node('n0', () => 0) as unknown as {
      node(id: string, options: object, handler: () => number): typeof builder
      build(): { blueprint: { nodes: unknown[]; edges: unknown[] } }
    }
    for (let n = 1; n < 5000; n++) builder = builder.node(`n${n}`, { after: `n${n - 1}` }, () => n)
    expect(builder.build().blueprint.edges).toHaveLength(4999)
  })
})
