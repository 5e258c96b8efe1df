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
