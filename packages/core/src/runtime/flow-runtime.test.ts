import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { route } from '../model/node-result.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const name = ({ nodeId }: NodeContext): string => nodeId

/** A registry in which every node answers its own id, apart from the given ones. */
function named(ids: string, given: Registry = {}): Registry {
  return { ...Object.fromEntries(ids.split(' ').map((id) => [id, name])), ...given }
}

/** Waits for a number of turns of the event loop's microtasks. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

/**
 * A promise that resolves when it is let go, for nodes that are to end after others: on a busy machine a run pauses between any two
 * nodes, and turns that a node waits for pass meanwhile.
 */
function holding(): { readonly held: Promise<void>; readonly letGo: () => void } {
  let letGo: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  return { held, letGo: () => letGo() }
}

/** A promise that never settles. */
function forever(): Promise<never> {
  return new Promise(() => {})
}

function recordEvents(runtime: FlowRuntime): RunEvent[] {
  const events: RunEvent[] = []
  runtime.eventBus.on('*', (event) => events.push(event))
  return events
}

function visitsOf(events: readonly RunEvent[], nodeId: string): number {
  return events.filter((event) => event.type === 'node.completed' && event.nodeId === nodeId).length
}

describe('joins', () => {
  it('runs an all join behind exclusive branches once', async () => {
    const runtime = new FlowRuntime({ registry: named('left right join', { pick: () => route('left', 1) }) })
    const events = recordEvents(runtime)
    const result = await runtime.run(graphOf(['pick>left:left', 'pick>right:right', 'left>join', 'right>join']))
    expect(result.status).toBe('completed')
    expect(visitsOf(events, 'join')).toBe(1)
    expect(result.skipped).toEqual(['right'])
  })

  it('starts nothing behind an action that matches no edge, and warns', async () => {
    const runtime = new FlowRuntime({ registry: named('left right', { pick: () => route('nowhere') }) })
    const events = recordEvents(runtime)
    const result = await runtime.run(graphOf(['pick>left:left', 'pick>right:right']))
    expect(result).toMatchObject({ status: 'completed', skipped: ['left', 'right'] })
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'UNROUTED_ACTION', nodeId: 'pick' }])
  })

  it('fires an any join of three parents of different speed once, with the first one', async () => {
    const { held, letGo } = holding()
    const slow = async ({ nodeId }: NodeContext): Promise<string> => {
      await held
      return nodeId
    }
    const join = ({ deps }: NodeContext): string[] => {
      letGo()
      return Object.keys(deps)
    }
    const registry = { a: slow, b: name, c: slow, join }
    const runtime = new FlowRuntime({ registry })
    const events = recordEvents(runtime)
    const result = await runtime.run(
      graphOf(['a>join', 'b>join', 'c>join'], { config: { join: { joinStrategy: 'any' } } }),
    )
    expect(visitsOf(events, 'join')).toBe(1)
    expect(result.outputs['join']).toEqual(['b'])
    expect(result.outputs['c']).toBe('c')
  })

  it('fires an atLeast 2 join at the second of three parents', async () => {
    const { held, letGo } = holding()
    const registry = named('a c', { b: () => held, join: () => letGo() })
    const runtime = new FlowRuntime({ registry })
    const events = recordEvents(runtime)
    await runtime.run(graphOf(['a>join', 'b>join', 'c>join'], { config: { join: { joinStrategy: { atLeast: 2 } } } }))
    const order = events
      .filter(({ type }) => type === 'node.completed')
      .map((event) => (event as { nodeId: string }).nodeId)
    expect(order).toEqual(['a', 'c', 'join', 'b'])
  })
})

describe('loops', () => {
  it('runs an inner loop anew in each iteration of the outer one', async () => {
    const seen: string[] = []
    const inner = ({ iteration }: NodeContext): unknown => {
      seen.push(iteration.join('.'))
      return route(iteration[1] === 2 ? 'out' : 'again')
    }
    const outer = ({ iteration }: NodeContext): unknown => route(iteration[0] === 1 ? 'out' : 'again')
    const runtime = new FlowRuntime({ registry: named('start end', { head: name, inner, outer }) })
    const blueprint = graphOf([
      'start>head',
      'head>inner',
      'inner>inner:again',
      'inner>outer:out',
      'outer>head:again',
      'outer>end:out',
    ])
    const result = await runtime.run(blueprint)
    expect(result.status).toBe('completed')
    expect(seen).toEqual(['0.0', '0.1', '0.2', '1.0', '1.1', '1.2'])
  })

  it('leaves a loop by the exit that was taken and skips the other one', async () => {
    const body = ({ iteration }: NodeContext): unknown => route(iteration[0] === 3 ? 'give up' : 'again', iteration[0])
    const runtime = new FlowRuntime({ registry: named('start found lost', { body }) })
    const result = await runtime.run(
      graphOf(['start>body', 'body>body:again', 'body>found:found', 'body>lost:give up']),
    )
    expect(result).toMatchObject({ status: 'completed', skipped: ['found'] })
    expect(result.outputs).toMatchObject({ body: 3, lost: 'lost' })
  })

  it('keeps a loop of 1,000,000 iterations in constant memory', async () => {
    // Whoever holds on to one iteration must not hold those after it.
    const held: NodeContext[] = []
    const step = (context: NodeContext): unknown => {
      const [iteration = 0] = context.iteration
      if (iteration === 1) held.push(context)
      return iteration < 999_999 ? route('again') : 'done'
    }
    const runtime = new FlowRuntime({ registry: { step } })
    const blueprint = graphOf(['step>step:again'], { start: ['step'], config: { step: { maxIterations: 1_000_000 } } })
    const heapAfter: number[] = []
    for (let round = 0; round < 2; round++) {
      const result = await runtime.run(blueprint)
      expect(result.output).toBe('done')
      globalThis.gc?.()
      heapAfter.push(process.memoryUsage().heapUsed)
    }
    expect(held.map(({ nodeId }) => nodeId)).toEqual(['step', 'step'])
    // A million kept iterations would take hundreds of megabytes.
    expect((heapAfter[1] as number) - (heapAfter[0] as number)).toBeLessThan(60_000_000)
  }, 60_000)

  it('fails a run whose loop passes its limit of iterations', async () => {
    const runtime = new FlowRuntime({ registry: { step: () => route('again') } })
    const result = await runtime.run(graphOf(['step>step:again'], { start: ['step'] }), 0, { onFailure: 'continue' })
    expect(result.status).toBe('failed')
    expect(result.errors).toMatchObject([{ code: 'MAX_ITERATIONS', details: { nodeId: 'step', maxIterations: 1000 } }])
  })
})

describe('maps', () => {
  it.each([0, 1, 10_000])('keeps %i outputs in item order, undefined ones too', async (count) => {
    const each = async ({ item, index = 0 }: NodeContext): Promise<unknown> => {
      await turns(index % 5)
      return index % 3 === 1 ? undefined : item
    }
    const runtime = new FlowRuntime({ registry: { each } })
    const items = Array.from({ length: count }, (_, item) => item)
    const blueprint = graphOf([], { nodes: [{ id: 'map', uses: 'map', params: { each: 'each', concurrency: 7 } }] })
    const result = await runtime.run(blueprint, items)
    expect(result.output).toEqual(items.map((item) => (item % 3 === 1 ? undefined : item)))
  })

  it('tolerates a share of failing items and fails beyond it', async () => {
    const each = ({ item }: NodeContext): unknown => {
      if ((item as number) % 4 === 0) throw new Error('odd one out')
      return item
    }
    const runtime = new FlowRuntime({ registry: { each } })
    const mapOf = (share: number) =>
      graphOf([], { nodes: [{ id: 'map', uses: 'map', params: { each: 'each', tolerated: { share } } }] })
    const items = [0, 1, 2, 3, 4, 5, 6, 7]
    await expect(runtime.run(mapOf(0.25), items)).resolves.toMatchObject({
      status: 'completed',
      output: [undefined, 1, 2, 3, undefined, 5, 6, 7],
    })
    // 0.29 * 100 is 28.999999999999996.
    const each100 = new FlowRuntime({
      registry: {
        each: ({ item }: NodeContext) => {
          if ((item as number) < 29) throw new Error('one of the first')
          return item
        },
      },
    })
    const hundred = Array.from({ length: 100 }, (_, at) => at)
    expect((await each100.run(mapOf(0.29), hundred)).status).toBe('completed')
    expect((await each100.run(mapOf(0.28), hundred)).status).toBe('failed')
    const failed = await runtime.run(mapOf(0.1), items)
    expect(failed.errors).toMatchObject([{ code: 'MAP_FAILED', details: { nodeId: 'map', failedItems: 1 } }])
  })

  it('asks the edges of a map about its output, not about that of an item', async () => {
    const runtime = new FlowRuntime({ registry: named('many', { each: ({ item }: NodeContext) => item }) })
    const map = { id: 'map', uses: 'map', params: { each: 'each' } }
    const result = await runtime.run(graphOf(['map>many?size(result) == 2'], { nodes: [map] }), [1, 2])
    expect(result).toMatchObject({ status: 'completed', outputs: { map: [1, 2], many: 'many' } })
  })

  it('never runs more items at once than its concurrency', async () => {
    let running = 0
    let most = 0
    const each = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await turns(3)
      running--
    }
    const runtime = new FlowRuntime({ registry: { each } })
    await runtime.run(
      graphOf([], { nodes: [{ id: 'map', uses: 'map', params: { each: 'each', concurrency: 4 } }] }),
      new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]),
    )
    expect(most).toBe(4)
  })
})

describe('a run', () => {
  it('holds at a wait inside a subflow and goes on when it is answered', async () => {
    const child = { ...graphOf(['ask>after'], { nodes: [{ id: 'ask', uses: 'wait' }] }), id: 'child' }
    const runtime = new FlowRuntime({ registry: named('after end'), blueprints: { child } })
    const blueprint = graphOf(['sub>end'], {
      nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } }],
    })
    const result = await runtime.run(blueprint, undefined, { runId: 'r1' })
    expect(result).toMatchObject({ status: 'awaiting', waits: [{ name: 'ask' }] })
    const run = runtime.open('r1')
    await run.resume('ask', { ok: true })
    await expect(run.result()).resolves.toMatchObject({ status: 'completed', outputs: { sub: 'after', end: 'end' } })
  })

  it('does not see the other 99 that run beside it in the same process', async () => {
    const handler = async ({ input, context, runId }: NodeContext): Promise<unknown> => {
      context.set('by', runId)
      await turns(Math.floor(Math.random() * 10))
      return { input, by: context.get('by') }
    }
    const runtime = new FlowRuntime({ registry: { a: handler, b: handler, c: handler } })
    const blueprint = graphOf(['a>b', 'b>c'])
    const ids = Array.from({ length: 100 }, (_, at) => `run-${at}`)
    const results = await Promise.all(ids.map((runId) => runtime.run(blueprint, runId, { runId })))
    for (const [at, result] of results.entries()) {
      const by = ids[at]
      expect(result.output).toEqual({ input: { input: { input: by, by }, by }, by })
      expect(result.context).toEqual({ by })
    }
  })

  it('keeps what it has when it is cancelled in the middle, at once and by name', async () => {
    const controller = new AbortController()
    let aborted: unknown
    const hang = ({ signal }: NodeContext): Promise<never> => {
      signal.addEventListener('abort', () => {
        aborted = signal.reason
      })
      queueMicrotask(() => controller.abort('enough'))
      return forever()
    }
    const runtime = new FlowRuntime({ registry: named('a after', { hang }) })
    const result = await runtime.run(graphOf(['a>hang', 'hang>after']), 1, { signal: controller.signal })
    expect(result).toMatchObject({ status: 'cancelled', outputs: { a: 'a' }, cancelled: ['hang'], skipped: ['after'] })
    expect(aborted).toMatchObject({ code: 'RUN_CANCELLED' })
  })

  it('is not changed by a listener that throws', async () => {
    const runtime = new FlowRuntime({ registry: named('a b') })
    runtime.eventBus.on('*', () => {
      throw new Error('a broken listener')
    })
    await expect(runtime.run(graphOf(['a>b']))).resolves.toMatchObject({ status: 'completed', output: 'b' })
  })

  it('carries a BigInt, a Date, a Map, an Error with its cause and a circular value through a snapshot', async () => {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle['self'] = circle
    const cause = new TypeError('the root')
    const values = {
      big: 12n,
      date: new Date(7),
      map: new Map([['k', 1]]),
      error: new Error('outer', { cause }),
      circle,
    }
    const runtime = new FlowRuntime({
      registry: { make: () => values, check: ({ deps }: NodeContext) => deps['make'] },
    })
    const blueprint = graphOf(['make>hold', 'hold>check', 'make>check'], { nodes: [{ id: 'hold', uses: 'wait' }] })
    await runtime.run(blueprint, undefined, { runId: 'r' })
    const snapshot = await runtime.open('r').snapshot()
    const elsewhere = new FlowRuntime({
      registry: { make: () => 'never again', check: ({ deps }: NodeContext) => deps['make'] },
    })
    const run = await elsewhere.start(blueprint, undefined, { snapshot })
    await run.resume('hold', 1)
    const restored = (await run.result()).output as typeof values
    expect(restored.big).toBe(12n)
    expect(restored.date).toEqual(new Date(7))
    expect(restored.map).toEqual(new Map([['k', 1]]))
    expect(restored.error).toMatchObject({ message: 'outer', cause: { name: 'TypeError', message: 'the root' } })
    expect(restored.circle['self']).toBe(restored.circle)
  })
})

describe('the handle of a run', () => {
  it('tells every event to whoever listens right after the start, and those so far from a journal later', async () => {
    const runtime = new FlowRuntime({ registry: named('a b') })
    const unrecorded = await runtime.start(graphOf(['a>b']), 1)
    const types: string[] = []
    for await (const { type } of unrecorded.events()) types.push(type)
    expect([types[0], types.at(-1)]).toEqual(['run.started', 'run.completed'])
    const run = await runtime.start(graphOf(['a>b']), 1, { journal: true })
    const heard: number[] = []
    for await (const { seq } of run.events()) heard.push(seq)
    expect(heard).toEqual((await run.journal()).map(({ seq }) => seq))
    expect(heard.length).toBeGreaterThan(5)
    const again: number[] = []
    for await (const { seq } of run.events()) again.push(seq)
    expect(again).toEqual(heard)
  })

  it('says that a run is running, awaiting or completed', async () => {
    const runtime = new FlowRuntime({ registry: { a: () => turns(10) } })
    const run = await runtime.start(graphOf(['a>hold'], { nodes: [{ id: 'hold', uses: 'wait' }] }))
    expect(await run.status()).toBe('running')
    await turns(100)
    expect(await run.status()).toBe('awaiting')
    await run.resume('hold')
    await run.result()
    expect(await run.status()).toBe('completed')
  })
})
