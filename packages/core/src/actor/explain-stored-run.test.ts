import { describe, expect, it } from 'vitest'
import { silentLogger } from '../defaults/silent-logger.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ExplanationReason } from '../model/explanation.ts'
import type { Registry } from '../ports/node-context.ts'
import { Cluster } from '../../test/cluster.ts'
import { EngineDefinitions } from './engine-definitions.ts'
import { RunHints } from './run-hints.ts'
import { StoredRun } from './stored-run.ts'

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

const one = (node: WorkflowBlueprint['nodes'][number]): WorkflowBlueprint => ({ id: 'one', nodes: [node], edges: [] })

const clusterOf = (handlers: Registry = registry): Cluster =>
  new Cluster({ registry: handlers, blueprints: { review } })

/** @param isKnown whether the process that asks has the definition of the run */
const handleOf = (cluster: Cluster, blueprint: WorkflowBlueprint, isKnown = true): StoredRun => {
  const { clock, requests } = cluster
  const { serializer } = cluster.define(blueprint).engine
  const definitions = isKnown ? requests.definitions : new EngineDefinitions()
  const hints = new RunHints()
  return new StoredRun('run', {
    ...requests,
    definitions,
    serializer,
    clock,
    logger: silentLogger,
    hints,
    pollMs: 1000,
  })
}

const reasonsOf = async (cluster: Cluster, blueprint: WorkflowBlueprint): Promise<readonly ExplanationReason[]> => {
  await cluster.start(blueprint, undefined)
  await cluster.work()
  return (await handleOf(cluster, blueprint).explain()).reasons
}

describe('the explanation of a run in a store', () => {
  it('tells that no worker has taken a run that was started', async () => {
    const cluster = clusterOf()
    const { definitionHash } = await cluster.start(review, undefined, { isLeftToWorkers: true })
    cluster.clock.advance(10_000)
    const { status, reasons, summary } = await handleOf(cluster, review).explain()
    expect(status).toBe('running')
    expect(reasons).toMatchObject([{ type: 'unclaimed', definitionHash, since: 1_000_000 }])
    expect(summary).toBe(
      `run "run" is running: its beginning waits for a worker since 1970-01-01T00:16:40.000Z: none that has definition "${definitionHash}" has taken it`,
    )
  })

  it('names a visit that no worker has claimed, and the definition that it needs', async () => {
    const cluster = clusterOf()
    const blueprint = one({ id: 'a', uses: 'done' })
    await cluster.start(blueprint, undefined)
    cluster.jobs.length = 0
    const { definitionHash } = await cluster.head()
    const { reasons } = await handleOf(cluster, blueprint).explain()
    expect(reasons).toMatchObject([
      { type: 'unclaimed', definitionHash, visit: { nodeId: 'a' }, attempt: 1, since: 1_000_000 },
    ])
    expect(reasons[0]?.sentence).toContain('"a" waits for a worker')
  })

  it('names a visit that a worker attempts, since when, and the attempt', async () => {
    const reasons = await reasonsOf(clusterOf(), one({ id: 'a', uses: 'hang', config: { retry: { maxAttempts: 3 } } }))
    expect(reasons).toMatchObject([{ type: 'running', nodeId: 'a', attempt: 1, maxAttempts: 3, since: 1_000_000 }])
  })

  it('tells of a backoff when the next attempt is due, which one it is, and why the last one failed', async () => {
    const retry = { maxAttempts: 5, backoff: { type: 'fixed', delayMs: 30_000 } } as const
    const reasons = await reasonsOf(clusterOf(), one({ id: 'print', uses: 'fail', config: { retry } }))
    expect(reasons).toMatchObject([{ type: 'backoff', attempt: 2, maxAttempts: 5, due: 1_030_000 }])
    expect(reasons[0]?.sentence).toBe(
      '"print" makes attempt 2 of 5 in 30 s, after: node "print" failed: the printer is on fire',
    )
  })

  it('names an open wait with its id, its deadline, and since when it is open', async () => {
    const reasons = await reasonsOf(clusterOf(), review)
    expect(reasons).toMatchObject([
      { type: 'wait', name: 'approval', waitId: 'approval:ask', since: 1_000_000, deadline: 1_060_000 },
    ])
  })

  it('tells until when a visit sleeps', async () => {
    const reasons = await reasonsOf(clusterOf(), one({ id: 'nap', uses: 'sleep', params: { durationMs: 90_000 } }))
    expect(reasons).toMatchObject([{ type: 'timer', nodeId: 'nap', due: 1_090_000 }])
  })

  it('explains a child run inside that of its parent', async () => {
    const reasons = await reasonsOf(clusterOf(), one({ id: 'sub', uses: 'subflow', params: { blueprintId: 'review' } }))
    expect(reasons).toMatchObject([
      {
        type: 'child',
        nodeId: 'sub',
        explanation: { status: 'awaiting', reasons: [{ type: 'wait', waitId: 'approval:ask', since: 1_000_000 }] },
      },
    ])
  })

  it('counts the items of a map that have settled', async () => {
    const over: Registry = {
      over: () => [1, 2, 3],
      each: ({ index }) => (index === 1 ? new Promise(() => {}) : 0),
    }
    const reasons = await reasonsOf(
      clusterOf(over),
      one({ id: 'm', uses: 'map', params: { over: 'over', each: 'each' } }),
    )
    expect(reasons).toMatchObject([
      { type: 'running', nodeId: 'm', item: 1 },
      { type: 'items', nodeId: 'm', count: 3, settled: 2 },
    ])
  })

  it.each([
    ['done', 'completed', {}],
    ['fail', 'failed', { error: { message: 'node "a" failed: the printer is on fire' } }],
  ])('of a run whose handler is "%s" tells that it is %s, and when it ended', async (uses, status, more) => {
    const reasons = await reasonsOf(clusterOf(), one({ id: 'a', uses }))
    expect(reasons).toMatchObject([{ type: 'ended', status, at: 1_000_000, ...more }])
  })

  it('tells why its turns come to nothing', async () => {
    const cluster = clusterOf()
    const blueprint = one({ id: 'a', uses: 'done' })
    const run = await cluster.start(blueprint, undefined, { isLeftToWorkers: true })
    for (const nonce of ['1', '2', '3']) {
      const { turn } = await cluster.store.deliver(run, undefined, { nonce, limitMs: 5000 })
      const { fence = 0, revision = 0 } = turn ?? {}
      await cluster.store.failTurn({ ...run, nonce, fence, revision }, 'the graph is in a knot')
    }
    const { status, reasons } = await handleOf(cluster, blueprint).explain()
    expect(status).toBe('stalled')
    expect(reasons).toMatchObject([{ type: 'stalled', by: 'the graph is in a knot' }])
  })
})

describe('the explanation of a join in a store', () => {
  const blueprint: WorkflowBlueprint = {
    id: 'joining',
    nodes: ['s', 'h', 'b', 'c', 'j'].map((id) => ({ id, uses: id === 'b' || id === 'c' ? 'hang' : 'done' })),
    edges: [
      { source: 's', target: 'h' },
      { source: 's', target: 'c' },
      { source: 's', target: 'j' },
      { source: 'h', target: 'b' },
      { source: 'b', target: 'h', action: 'again' },
      { source: 'b', target: 'j', action: 'done' },
      { source: 'c', target: 'j' },
    ],
  }

  it('names the edges without a mark, and what their sources are doing', async () => {
    const reasons = await reasonsOf(clusterOf(), blueprint)
    expect(reasons.at(-1)).toMatchObject({
      type: 'join',
      nodeId: 'j',
      edges: [
        { edge: 'b>j#0', source: 'b', sourceStatus: 'looping' },
        { edge: 'c>j#0', source: 'c', sourceStatus: 'running' },
      ],
    })
  })

  it('is left out where the definition of the run is not known', async () => {
    const cluster = clusterOf()
    await cluster.start(blueprint, undefined)
    await cluster.work()
    const { reasons } = await handleOf(cluster, blueprint, false).explain()
    expect(reasons.map(({ type }) => type)).toEqual(['running', 'running'])
  })
})
