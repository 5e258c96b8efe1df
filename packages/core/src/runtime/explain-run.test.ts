import { describe, expect, it } from 'vitest'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ExplanationReason } from '../model/explanation.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { FlowRuntime } from './flow-runtime.ts'

const registry: Registry = {
  hang: () => new Promise(() => {}),
  done: () => 'done',
  fail: () => {
    throw new Error('the printer is on fire')
  },
}

const review: WorkflowBlueprint = {
  id: 'review',
  nodes: [{ id: 'ask', uses: 'wait', params: { name: 'approval', timeoutMs: 60_000 } }],
  edges: [],
}

/** A wait that is open, and a visit in backoff. */
const troubled: WorkflowBlueprint = {
  id: 'troubled',
  nodes: [
    ...review.nodes,
    { id: 'print', uses: 'fail', config: { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 30_000 } } } },
  ],
  edges: [],
}

const one = (node: WorkflowBlueprint['nodes'][number]): WorkflowBlueprint => ({ id: 'one', nodes: [node], edges: [] })

const started = async (
  blueprint: WorkflowBlueprint,
  clock: VirtualClock = new VirtualClock(),
  options: object = {},
): Promise<RunHandle> => {
  const runtime = new FlowRuntime({ registry, clock, blueprints: { review } })
  const run = await runtime.start(blueprint, undefined, { runId: 'r', ...options })
  await settle()
  return run
}

const types = (reasons: readonly ExplanationReason[]): string[] => reasons.map(({ type }) => type)

describe('the explanation of a run in this process', () => {
  it('names a visit whose handler runs, since when, and its attempt', async () => {
    const run = await started(one({ id: 'a', uses: 'hang', config: { retry: { maxAttempts: 3 } } }))
    const { status, summary, reasons } = await run.explain()
    expect(status).toBe('running')
    expect(reasons).toEqual([
      expect.objectContaining({
        type: 'running',
        nodeId: 'a',
        iteration: [],
        attempt: 1,
        maxAttempts: 3,
        since: 1_000_000,
      }),
    ])
    expect(summary).toBe('run "r" is running: "a" is running since 1970-01-01T00:16:40.000Z, attempt 1 of 3')
  })

  it('names the durable step that a handler is in, since when, and no more once it has ended', async () => {
    const clock = new VirtualClock()
    const opened: (() => void)[] = []
    const waiting = (): Promise<void> =>
      new Promise((resolve) => {
        opened.push(resolve)
      })
    const handlers: Registry = {
      charge: async ({ step }: NodeContext) => {
        await step('look up', () => 1)
        await Promise.all([step('charge', waiting), step('charge', waiting)])
        await new Promise(() => {})
      },
    }
    for (const store of [{}, { store: memoryJournalStore() }]) {
      opened.length = 0
      const runtime = new FlowRuntime({ registry: handlers, clock, ...store })
      const run = await runtime.start(one({ id: 'pay', uses: 'charge' }), undefined, { runId: 'r' })
      await settle()
      const { reasons, summary } = await run.explain()
      const since = clock.now()
      const steps = [
        { call: 'charge', since },
        { call: 'charge#1', since },
      ]
      expect(reasons).toMatchObject([{ type: 'running', nodeId: 'pay', steps }])
      const moment = new Date(since).toISOString()
      expect(summary).toContain(`attempt 1 of 1, in step "charge" since ${moment}, in step "charge#1" since ${moment}`)
      opened[0]?.()
      await settle()
      expect((await run.explain()).reasons).toMatchObject([{ steps: [{ call: 'charge#1', since }] }])
      opened[1]?.()
      await settle()
      expect((await run.explain()).summary).not.toContain('in step')
      clock.advance(1000)
    }
  })

  it('names a visit that waits for a free slot', async () => {
    const blueprint = {
      id: 'two',
      nodes: [
        { id: 'a', uses: 'hang' },
        { id: 'b', uses: 'hang' },
      ],
      edges: [],
    }
    const { reasons } = await (await started(blueprint, undefined, { concurrency: 1 })).explain()
    expect(reasons.map(({ type, ...reason }) => [type, 'nodeId' in reason && reason.nodeId])).toEqual([
      ['running', 'a'],
      ['ready', 'b'],
    ])
  })

  it('tells of a backoff when the next attempt is due, which one it is, and why the last one failed', async () => {
    const retry = { maxAttempts: 5, backoff: { type: 'fixed', delayMs: 30_000 } } as const
    const clock = new VirtualClock()
    const run = await started(one({ id: 'print', uses: 'fail', config: { retry } }), clock)
    clock.advance(10_000)
    const { reasons, summary } = await run.explain()
    expect(reasons[0]).toMatchObject({ type: 'backoff', nodeId: 'print', attempt: 2, maxAttempts: 5, due: 1_030_000 })
    expect(reasons[0]).toHaveProperty('error.cause.message', 'the printer is on fire')
    expect(summary).toBe(
      'run "r" is running: "print" makes attempt 2 of 5 in 20 s, after: node "print" failed: the printer is on fire',
    )
  })

  it('names an open wait with its id, its deadline, and since when it is open', async () => {
    const clock = new VirtualClock()
    const run = await started(review, clock)
    clock.advance(5000)
    const { status, reasons, summary } = await run.explain()
    expect(status).toBe('awaiting')
    expect(reasons).toEqual([
      expect.objectContaining({ type: 'wait', waitId: 'approval:ask', since: 1_000_000, deadline: 1_060_000 }),
    ])
    expect(summary).toBe(
      'run "r" is awaiting: wait "approval" (approval:ask) is open since 1970-01-01T00:16:40.000Z and expires at 1970-01-01T00:17:40.000Z',
    )
  })

  it('tells until when a visit sleeps', async () => {
    const { reasons } = await (
      await started(one({ id: 'nap', uses: 'sleep', params: { durationMs: 7_260_000 } }))
    ).explain()
    expect(reasons[0]).toMatchObject({ type: 'timer', nodeId: 'nap', due: 8_260_000 })
    expect(reasons[0]?.sentence).toBe('"nap" sleeps until 1970-01-01T02:17:40.000Z, which is in 2 h 1 min')
  })

  it('explains a child run inside that of its parent', async () => {
    const run = await started(one({ id: 'sub', uses: 'subflow', params: { blueprintId: 'review' } }))
    const { reasons } = await run.explain()
    expect(types(reasons)).toEqual(['child'])
    expect(reasons[0]).toMatchObject({
      nodeId: 'sub',
      explanation: { status: 'awaiting', reasons: [{ type: 'wait', waitId: 'approval:ask' }] },
    })
  })

  it('counts the items of a map that have settled', async () => {
    const handlers: Registry = {
      over: () => [1, 2, 3],
      each: ({ index }) => (index === 1 ? new Promise(() => {}) : 0),
    }
    const runtime = new FlowRuntime({ registry: handlers, clock: new VirtualClock() })
    const run = await runtime.start(one({ id: 'm', uses: 'map', params: { over: 'over', each: 'each' } }))
    await settle()
    const { reasons } = await run.explain()
    expect(reasons).toMatchObject([
      { type: 'running', nodeId: 'm', item: 1 },
      { type: 'items', nodeId: 'm', count: 3, settled: 2, failed: 0 },
    ])
  })

  it('tells of a run that an orchestrator was not run with that it has not begun', async () => {
    const { handle } = new FlowRuntime({ registry }).prepare(review, undefined, { runId: 'r' })
    expect(types((await handle.explain()).reasons)).toEqual(['not-begun'])
  })

  it.each([
    ['done', 'completed', 'run "r" is completed: it has completed'],
    ['fail', 'failed', 'run "r" is failed: it has failed: node "a" failed: the printer is on fire'],
  ])('of a run whose handler is "%s" tells that it is %s', async (uses, status, summary) => {
    const run = await started(one({ id: 'a', uses }))
    expect(await run.explain()).toMatchObject({ status, summary, reasons: [{ type: 'ended', status }] })
  })

  it('changes nothing of the run', async () => {
    const run = await started({
      id: 'loop',
      nodes: ['a', 'h', 'b', 'j'].map((id) => ({ id, uses: id === 'a' ? 'hang' : 'done' })),
      edges: [
        { source: 'a', target: 'h' },
        { source: 'h', target: 'b' },
        { source: 'b', target: 'h', action: 'again' },
        { source: 'b', target: 'j', action: 'done' },
      ],
    })
    const before = await run.snapshot()
    await run.explain()
    expect(await run.snapshot()).toBe(before)
  })
})

describe('the explanation of a join', () => {
  const joining = (uses: Readonly<Record<string, string>>): WorkflowBlueprint => ({
    id: 'joining',
    nodes: ['a', 'b', 'c', 'd'].map((id) => ({ id, uses: uses[id] ?? 'done' })),
    edges: [
      { source: 'a', target: 'd' },
      { source: 'b', target: 'd' },
      { source: 'b', target: 'c' },
      { source: 'c', target: 'd' },
    ],
  })

  it('names the edges without a mark, and what their sources are doing', async () => {
    const { reasons } = await (await started(joining({ b: 'hang' }))).explain()
    expect(types(reasons)).toEqual(['running', 'join'])
    expect(reasons[1]).toMatchObject({
      nodeId: 'd',
      strategy: 'all',
      edges: [
        { edge: 'b>d#0', source: 'b', sourceStatus: 'running' },
        { edge: 'c>d#0', source: 'c', sourceStatus: 'pending' },
      ],
    })
    expect(reasons[1]?.sentence).toBe(
      'join "d" (all) waits for edges b>d#0 ("b" is running), c>d#0 ("c" was not reached)',
    )
  })

  it('leaves out joins that no mark has reached', async () => {
    const { reasons } = await (await started(joining({ a: 'hang', b: 'hang' }))).explain()
    expect(types(reasons)).toEqual(['running', 'running'])
  })

  it('tells of an edge that leaves a loop that the loop goes on', async () => {
    const blueprint: WorkflowBlueprint = {
      id: 'loop',
      nodes: ['s', 'h', 'b', 'j'].map((id) => ({ id, uses: id === 'b' ? 'hang' : 'done' })),
      edges: [
        { source: 's', target: 'h' },
        { source: 's', target: 'j' },
        { source: 'h', target: 'b' },
        { source: 'b', target: 'h', action: 'again' },
        { source: 'b', target: 'j', action: 'done' },
      ],
    }
    const { reasons } = await (await started(blueprint)).explain()
    expect(reasons.at(-1)).toMatchObject({
      type: 'join',
      nodeId: 'j',
      edges: [{ edge: 'b>j#0', sourceStatus: 'looping' }],
    })
  })
})

it('knows since when a wait is open, and why an attempt failed, of a run that was restored from a snapshot', async () => {
  const clock = new VirtualClock()
  const snapshot = await (await started(troubled, clock)).snapshot()
  clock.advance(1000)
  const run = await started(troubled, clock, { snapshot })
  expect((await run.explain()).reasons).toMatchObject([
    { type: 'backoff', due: 1_030_000, error: { message: 'node "print" failed: the printer is on fire' } },
    { type: 'wait', since: 1_000_000 },
  ])
})

describe('the explanation of a run with a journal', () => {
  it('knows since when a wait is open, and why an attempt failed, after a restart', async () => {
    const journals: MemoryJournals = new Map()
    const clock = new VirtualClock()
    const open = (): FlowRuntime =>
      new FlowRuntime({ registry, clock, store: memoryJournalStore({ journals }), blueprints: { troubled } })
    const first = open()
    await first.start(troubled, undefined, { runId: 'r' })
    await settle()
    await first.close()
    clock.advance(1000)
    const [run] = await open().recover()
    await settle()
    expect((await run?.explain())?.reasons).toMatchObject([
      { type: 'backoff', due: 1_030_000, error: { message: 'node "print" failed: the printer is on fire' } },
      { type: 'wait', since: 1_000_000 },
    ])
  })
})

it('asks the store if the run is carried out over one', async () => {
  const clock = new VirtualClock()
  const { traverser, executorFactory, state, services, handle } = new FlowRuntime({ registry, clock }).prepare(review)
  await new EventDrivenOrchestrator().run(traverser, executorFactory, state, services)
  expect((await handle.explain()).reasons).toMatchObject([{ type: 'wait', name: 'approval', since: 1_000_000 }])
})
