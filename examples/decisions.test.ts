import { FlowRuntime, route } from '@heddle/core'
import type { EdgeDefinition, NodeConfig, NodeContext, Registry, RunEvent, RunOptions } from '@heddle/core'
import { describe, expect, it } from 'vitest'

// docs/decisions/0001-open-points-of-the-semantics.md, point by point.

const node = (id: string, uses = id, config: NodeConfig = {}) => ({ id, uses, config })
const edge = (source: string, target: string, rest: Omit<EdgeDefinition, 'source' | 'target'> = {}) => ({
  source,
  target,
  ...rest,
})

interface Plan extends RunOptions {
  readonly nodes: readonly ReturnType<typeof node>[]
  readonly edges: readonly EdgeDefinition[]
  readonly start?: readonly string[]
  readonly input?: unknown
  readonly registry?: Registry
}

const nothing: Registry = {
  name: ({ nodeId }: NodeContext) => nodeId,
  fail: ({ nodeId }: NodeContext) => {
    throw new Error(`${nodeId} failed`)
  },
}

/** Runs a plan; answers its result, the visits that were started, the warnings, and the skips. */
const run = async ({ nodes, edges, start, input, registry = {}, ...options }: Plan) => {
  const runtime = new FlowRuntime({ registry: { ...nothing, ...registry } })
  const events: RunEvent[] = []
  runtime.eventBus.on('*', (event) => events.push(event))
  const blueprint = { id: 'plan', nodes, edges, ...(start === undefined ? {} : { start }) }
  const result = await runtime.run(blueprint, input, options)
  const visits = events.flatMap((event) =>
    event.type === 'node.started' ? [[event.nodeId, ...event.iteration].join('@')] : [],
  )
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []))
  const skips = Object.fromEntries(
    events.flatMap((event) => (event.type === 'node.skipped' ? [[event.nodeId, event.reason.type]] : [])),
  ) as Record<string, string>
  return { result, visits, warnings, skips }
}

/** A handler of a loop's header: another iteration until `last`. */
const until =
  (last: number) =>
  ({ iteration }: NodeContext) =>
    route(iteration[0] === last ? 'done' : 'again', iteration[0])

describe('loops', () => {
  it('have an exit to a branch in the body without a way back; it runs once', async () => {
    const { visits, warnings } = await run({
      nodes: [node('head'), node('log', 'name'), node('end', 'name')],
      edges: [edge('head', 'head', { action: 'again' }), edge('head', 'log'), edge('head', 'end', { action: 'done' })],
      start: ['head'],
      registry: { head: until(2) },
    })
    expect(visits.filter((visit) => visit.startsWith('log'))).toEqual(['log'])
    expect(warnings).toEqual(['EXIT_RETAKEN', 'EXIT_RETAKEN'])
  })

  it('begin and end at once if their header is skipped', async () => {
    const { result, skips } = await run({
      nodes: [node('first', 'name'), node('head'), node('end', 'name')],
      edges: [
        edge('first', 'head', { condition: 'false' }),
        edge('head', 'head', { action: 'again' }),
        edge('head', 'end', { action: 'done' }),
      ],
      registry: { head: until(1) },
    })
    expect(result.status).toBe('completed')
    expect(skips).toEqual({ head: 'not-chosen', end: 'not-chosen' })
  })

  it('keep a taken exit taken although they failed as well', async () => {
    const { result, visits } = await run({
      nodes: [node('head'), node('risky', 'fail'), node('end', 'name')],
      edges: [
        edge('head', 'head', { action: 'again' }),
        edge('head', 'end'),
        edge('head', 'risky'),
        edge('risky', 'head'),
      ],
      start: ['head'],
      onFailure: 'continue',
      registry: { head: until(0) },
    })
    expect(result.status).toBe('failed')
    expect(visits).toContain('end')
  })

  it('take settled as all at their header in later iterations, so that they end', async () => {
    const { result, visits } = await run({
      nodes: [node('first', 'name'), node('head', 'head', { joinStrategy: 'settled' })],
      edges: [edge('first', 'head', { condition: 'false' }), edge('head', 'head', { action: 'again' })],
      registry: { head: until(2) },
    })
    expect(result.status).toBe('completed')
    expect(visits).toEqual(['first', 'head@0', 'head@1', 'head@2'])
  })

  it('fail the run at their limit although it continues after failures', async () => {
    const { result } = await run({
      nodes: [node('head', 'name', { maxIterations: 3 }), node('slow')],
      edges: [edge('head', 'head')],
      start: ['head', 'slow'],
      onFailure: 'continue',
      registry: { slow: () => new Promise(() => {}) },
    })
    expect(result.status).toBe('failed')
    expect(result.errors.map(({ code }) => code)).toEqual(['MAX_ITERATIONS'])
    expect(result.cancelled).toEqual(['slow'])
  })
})

describe('joins', () => {
  it.each(['every', { atLeast: 1 }] as const)(
    'count the beginning of the run as one taken edge: %o',
    async (joinStrategy) => {
      const { visits } = await run({
        nodes: [node('head', 'head', { joinStrategy })],
        edges: [edge('head', 'head', { action: 'again' })],
        start: ['head'],
        registry: { head: until(1) },
      })
      expect(visits).toEqual(['head@0', 'head@1'])
    },
  )

  it('are cut off by one failed mark among others', async () => {
    const { skips } = await run({
      nodes: [node('risky', 'fail'), node('fine', 'name'), node('join', 'name')],
      edges: [edge('risky', 'join'), edge('fine', 'join')],
      onFailure: 'continue',
    })
    expect(skips).toEqual({ join: 'cut-off' })
  })

  it('list as skipped only nodes that were never attempted', async () => {
    const { result } = await run({
      nodes: [node('head'), node('odd', 'name'), node('end', 'name')],
      edges: [
        edge('head', 'odd', { condition: 'result == 0' }),
        edge('odd', 'head'),
        edge('head', 'head', { condition: 'result == 1', action: 'again' }),
        edge('head', 'end', { action: 'done' }),
      ],
      start: ['head'],
      registry: { head: until(2) },
    })
    expect(result.status).toBe('completed')
    expect(result.skipped).toEqual([])
  })
})

describe('edges', () => {
  it('on error with an action are never taken', async () => {
    const { result } = await run({
      nodes: [node('risky', 'fail'), node('rescue', 'name')],
      edges: [edge('risky', 'rescue', { on: 'error', action: 'retry' })],
    })
    expect(result.status).toBe('failed')
  })

  it('have conditions that are looked at only where they can matter', async () => {
    const { result, visits } = await run({
      nodes: [node('fine', 'fine'), node('a', 'name'), node('b', 'name'), node('c', 'name')],
      edges: [
        edge('fine', 'a', { action: 'other', condition: 'result.missing > 1' }),
        edge('fine', 'b', { on: 'error', condition: 'result.missing > 1' }),
        edge('fine', 'c', { action: 'go' }),
      ],
      registry: { fine: () => route('go', 1) },
    })
    expect(result.status).toBe('completed')
    expect(visits).toEqual(['fine', 'c'])
  })

  it('warn of a missing action too', async () => {
    const { warnings } = await run({
      nodes: [node('a', 'name'), node('b', 'name')],
      edges: [edge('a', 'b', { action: 'go' })],
    })
    expect(warnings).toEqual(['UNROUTED_ACTION'])
  })
})

describe('failures', () => {
  it('of a fallback do not go back to the error edges of the failed node', async () => {
    const { result, visits } = await run({
      nodes: [node('risky', 'fail', { fallback: 'spare' }), node('spare', 'fail'), node('rescue', 'name')],
      edges: [edge('risky', 'rescue', { on: 'error', condition: 'false' })],
      onFailure: 'continue',
    })
    expect(result.status).toBe('failed')
    expect(visits).toEqual(['risky', 'spare'])
    expect(Object.keys(result.outputs)).toEqual([])
  })

  it('may share a fallback, which sees the input and the error of the one that it stands in for', async () => {
    const { result, visits } = await run({
      nodes: [
        node('first'),
        node('one', 'fail', { fallback: 'spare' }),
        node('two', 'fail', { fallback: 'spare' }),
        node('spare'),
        node('rescue', 'name'),
        node('end', 'end'),
      ],
      edges: [
        edge('first', 'one'),
        edge('first', 'two', { transform: '"for two"' }),
        edge('one', 'rescue', { on: 'error', condition: 'false' }),
        edge('one', 'end'),
        edge('two', 'end'),
      ],
      registry: {
        first: () => 'for one',
        spare: ({ input, error }: NodeContext) => `${String(input)}: ${(error as Error).message}`,
        end: ({ deps }: NodeContext) => ({ ...deps }),
      },
    })
    expect(visits.filter((visit) => visit === 'spare')).toHaveLength(2)
    expect(result.outputs['end']).toEqual({
      one: 'for one: one failed',
      two: 'for two: two failed',
    })
    expect(result.skipped).toEqual(['rescue'])
  })
})

describe('maps', () => {
  const over = (read: unknown[]) =>
    function* three() {
      for (let at = 0; at < 3; at++) {
        read.push(at)
        yield at
      }
    }
  const all = { ...node('all', 'map'), params: { over: 'over', each: 'each' } }
  const blueprint = { id: 'plan', nodes: [all], edges: [] }

  it('have read all their items before the first one starts', async () => {
    const read: unknown[] = []
    const registry = { over: over(read), each: () => read.length }
    const { output } = await new FlowRuntime({ registry }).run(blueprint)
    expect(output).toEqual([3, 3, 3])
  })

  it('have a number of items that is limited', async () => {
    const registry = { over: over([]), each: () => 1 }
    const { errors } = await new FlowRuntime({ registry, limits: { maxMapItems: 2 } }).run(blueprint)
    expect(errors).toMatchObject([{ code: 'LIMIT_EXCEEDED', details: { nodeId: 'all', maxMapItems: 2 } }])
  })
})

describe('waits', () => {
  const ask = { ...node('ask', 'wait'), params: { name: 'k', timeoutMs: 20 } }
  const subflow = (id: string, blueprintId: string) => ({ ...node(id, 'subflow'), params: { blueprintId } })
  const child = { id: 'child', nodes: [ask], edges: [] }

  it('are external also with a timeout: run answers awaiting, the result of a started run waits it out', async () => {
    const runtime = new FlowRuntime()
    const { status, waits } = await runtime.run(child)
    expect({ status, deadlines: waits.map(({ deadline }) => typeof deadline) }).toEqual({
      status: 'awaiting',
      deadlines: ['number'],
    })
    const started = await runtime.start(child)
    expect((await started.result()).errors).toMatchObject([{ code: 'WAIT_TIMEOUT' }])
  })

  it('of child runs have ids with the way to them, and stay answered when their run is over', async () => {
    const blueprint = { id: 'plan', nodes: [subflow('one', 'child'), subflow('two', 'child')], edges: [] }
    const patient = { ...child, nodes: [{ ...ask, params: { name: 'k' } }] }
    const runtime = new FlowRuntime({ blueprints: { child: patient } })
    const { waits } = await runtime.run(blueprint, undefined, { runId: 'asking' })
    expect(waits.map(({ waitId }) => waitId)).toEqual(['k:one/ask', 'k:two/ask'])
    const asking = runtime.open('asking')
    await expect(asking.resume('k')).rejects.toMatchObject({ code: 'AMBIGUOUS_WAIT' })
    await asking.resume('k:two/ask')
    await asking.resume('k')
    await asking.result()
    await expect(asking.resume('k:two/ask')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })
})

describe('subflows', () => {
  it('are nested to a limit, and what fails because of that is not retried', async () => {
    let runs = 0
    const again = { ...node('again', 'subflow', { retry: { maxAttempts: 5 } }), params: { blueprintId: 'endless' } }
    const endless = { id: 'endless', nodes: [node('count'), again], edges: [edge('count', 'again')] }
    const registry = { count: () => ++runs }
    const runtime = new FlowRuntime({ registry, blueprints: { endless }, limits: { maxSubflowDepth: 3 } })
    const { errors } = await runtime.run(endless)
    expect([runs, errors[0]?.code, errors[0]?.retryable]).toEqual([4, 'SUBFLOW_FAILED', false])
  })
})

describe('values', () => {
  it('are replaced by update whatever the reducer', async () => {
    const runtime = new FlowRuntime({
      registry: { a: ({ context }: NodeContext) => context.update('log', () => ['only']) },
    })
    const policy = { context: { log: { reducer: 'append', initial: ['before'] } } } as const
    const { context } = await runtime.run({ id: 'plan', nodes: [node('a')], edges: [], policy })
    expect({ ...context }).toEqual({ log: ['only'] })
  })

  it('pass through a sleep', async () => {
    const { result } = await run({
      nodes: [{ ...node('rest', 'sleep'), params: { durationMs: 1 } } as ReturnType<typeof node>],
      edges: [],
      input: 'in',
    })
    expect(result.output).toBe('in')
  })

  it('of a start node are the input of the run, also if edges lead to it', async () => {
    const { result } = await run({
      nodes: [node('other', 'name'), node('begin', 'begin', { joinStrategy: 'any' })],
      edges: [edge('other', 'begin')],
      start: ['begin', 'other'],
      input: 'in',
      registry: { begin: ({ input }: NodeContext) => input },
    })
    expect(result.outputs['begin']).toBe('in')
  })
})
