import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import { expand } from '../model/node-result.ts'
import type { NodeContext } from '../ports/node-context.ts'

const chain = {
  id: 'chain',
  nodes: [
    { id: 'a', uses: 'work' },
    { id: 'b', uses: 'work' },
  ],
  edges: [{ source: 'a', target: 'b' }],
}

function forever(): Promise<never> {
  return new Promise(() => {
    // Never.
  })
}

describe('recovery', () => {
  it('gives a visit to another worker when its worker dies in the middle of the attempt', async () => {
    const attempts: string[] = []
    let isFirst = true
    const work = async ({ nodeId }: NodeContext): Promise<string> => {
      attempts.push(nodeId)
      if (nodeId === 'a' && isFirst) {
        isFirst = false
        await forever()
      }
      return nodeId
    }
    const cluster = new Cluster({ registry: { work }, workers: 2, faults: { resend: 0 } })
    await cluster.start(chain, null)
    await cluster.work()
    cluster.kill(0)
    cluster.kill(1)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect(attempts).toEqual(['a', 'a', 'b'])
  })

  it('does a job again that was lost after the commit', async () => {
    const cluster = new Cluster({ registry: { work: () => 1 } })
    await cluster.start(chain, null)
    cluster.handOut()
    await cluster.settle()
    expect(cluster.jobs.splice(0)).toHaveLength(1)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect(cluster.clock.now()).toBeLessThanOrEqual(1_000_000 + 6000)
  })

  it('finds a run of which no worker was told', async () => {
    const cluster = new Cluster({ registry: { work: () => 1 } })
    await cluster.start(chain, null)
    cluster.jobs.length = 0
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
  })

  it('fails a node with ATTEMPT_LOST whose worker dies each time', async () => {
    const work = forever
    const cluster = new Cluster({ registry: { work }, faults: { resend: 0 } })
    await cluster.start(chain, null)
    for (let death = 0; death < 200 && (await cluster.head()).status === 'live'; death++) {
      await cluster.work()
      cluster.kill(0)
      cluster.clock.advance(1000)
      await cluster.sweep()
    }
    const events = await cluster.events()
    expect(events.filter(({ type }) => type === 'node.started')).toHaveLength(6)
    expect(events.find(({ type }) => type === 'run.failed')).toMatchObject({ error: { code: 'ATTEMPT_LOST' } })
  })

  it('leaves a job for a worker that has the definition', async () => {
    const cluster = new Cluster({ registry: { work: () => 1 } })
    const other = new Cluster({ registry: { work: () => 1 }, store: () => cluster.store })
    await cluster.start(chain, null)
    other.jobs.push(...cluster.jobs.splice(0))
    other.handOut()
    await other.settle()
    await expect(cluster.head()).resolves.toMatchObject({ status: 'live', revision: 1 })
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
  })

  it('passes a cancel down to child runs', async () => {
    const parent = {
      id: 'parent',
      nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } }],
      edges: [],
    }
    const child = { id: 'child', nodes: [{ id: 'w', uses: 'wait' }], edges: [] }
    const cluster = new Cluster({ registry: {}, blueprints: { child } })
    await cluster.start(parent, null)
    await cluster.work()
    const [childRunId = ''] = (await cluster.head()).children
    await expect(cluster.head(childRunId)).resolves.toMatchObject({ status: 'live', waits: [{ name: 'w' }] })
    await cluster.store.cancel('run', 'enough', false)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'cancelled' })
    await expect(cluster.run(childRunId)).resolves.toMatchObject({ status: 'cancelled' })
    await expect(cluster.head()).resolves.toMatchObject({ underWay: 0 })
  })

  it('makes of a retry another child, and of a re-dispatch the same', async () => {
    let fails = 1
    const parent = {
      id: 'parent',
      nodes: [
        {
          id: 'sub',
          uses: 'subflow',
          params: { blueprintId: 'child' },
          config: { retry: { maxAttempts: 2 } },
        },
      ],
      edges: [],
    }
    const child = { id: 'child', nodes: [{ id: 'x', uses: 'x' }], edges: [] }
    const x = (): string => {
      if (fails-- > 0) throw new TypeError('not yet')
      return 'done'
    }
    const cluster = new Cluster({
      registry: { x },
      blueprints: { child },
      workers: 2,
      faults: { duplicate: 100, resend: 50 },
    })
    await cluster.start(parent, null)
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    const started = (await cluster.events()).filter(({ type }) => type === 'child.started')
    expect(started).toHaveLength(2)
    expect(new Set(started.map((event) => JSON.stringify(event))).size).toBe(2)
  })

  it('carries out maps, sleeps, expansions, fallbacks and retries although workers die', async () => {
    const blueprint = {
      id: 'mixed',
      nodes: [
        { id: 'start', uses: 'grow' },
        { id: 'items', uses: 'map', params: { each: 'each', over: 'over', concurrency: 7 } },
        { id: 'nap', uses: 'sleep', params: { durationMs: 2000 } },
        { id: 'shaky', uses: 'shaky', config: { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 300 } } } },
        { id: 'risky', uses: 'fail', config: { fallback: 'saver' } },
        { id: 'saver', uses: 'save' },
        { id: 'end', uses: 'end' },
      ],
      edges: ['items', 'nap', 'shaky', 'risky'].flatMap((id) => [
        { source: 'start', target: id },
        { source: id, target: 'end' },
      ]),
    } as const
    for (let seed = 1; seed <= 20; seed++) {
      const registry = {
        grow: () =>
          expand(
            {
              nodes: [{ id: 'extra', uses: 'save' }],
              edges: [
                { source: 'start', target: 'extra' },
                { source: 'extra', target: 'nap' },
              ],
            },
            'grown',
          ),
        over: () => Array.from({ length: 150 }, (_, index) => index),
        each: ({ item }: NodeContext) => (item as number) * 2,
        shaky: ({ attempt, idempotencyKey }: NodeContext) => {
          if (attempt < 3) throw new TypeError(idempotencyKey)
          return attempt
        },
        fail: () => {
          throw new TypeError('broken')
        },
        save: ({ error }: NodeContext) => (error as Error | undefined)?.message ?? 'fine',
        end: ({ deps }: NodeContext) => ({
          ...deps,
          items: (deps['items'] as number[]).reduce((sum, one) => sum + one, 0),
        }),
      }
      const cluster = new Cluster({ registry, seed, workers: 3, faults: { die: 1, resend: 5, duplicate: 20, lose: 2 } })
      await cluster.start(blueprint, null)
      await expect(cluster.run(), `seed ${seed}`).resolves.toMatchObject({ status: 'completed' })
      const last = (await cluster.events()).at(-1)
      expect(last, `seed ${seed}`).toMatchObject({
        type: 'run.completed',
        output: { items: 22_350, nap: { extra: 'fine', start: 'grown' }, shaky: 3, risky: 'broken' },
      })
    }
  }, 60_000)
})
