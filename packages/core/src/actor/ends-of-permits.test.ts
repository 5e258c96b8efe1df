import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { limited, presses, printing } from '../../test/presses.ts'
import { settle } from '../../test/while-time-passes.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'

const keyLimits = { press: { concurrency: 1 } }

/** Longer than any test: what is free before is so for another reason. */
const limits = { leaseMs: 3_600_000 }

describe('a permit', () => {
  it('goes with a worker that is closed before its attempt has ended, at once', async () => {
    const { runtime, worker, clock, store, advance, began } = presses()
    const first = worker({ keyLimits, limits })
    const runs = [await runtime.start(printing), await runtime.start(printing)]
    await settle()
    worker({ keyLimits, limits })
    const closed = first.close({ withinMs: 0 })
    await settle()
    const before = clock.now()
    clock.advance(0)
    await closed
    await settle()
    // The one that waited has it, and then the one that was given up, in the order of their coming.
    expect(began).toEqual([before, before])
    expect(await store.readPermits('press', 'nobody')).toMatchObject({ held: 1, waiting: 1 })
    await advance(2000)
    expect(await Promise.all(runs.map((run) => run.status()))).toEqual(['completed', 'completed'])
  })

  it('is taken by a visit that a worker goes on with, and waited for if others came before', async () => {
    const { store, client, work, registry, pass, most, began } = presses()
    const ids = ['a', 'b', 'c']
    const edges = [
      { source: 'a', target: 'b' },
      { source: 'b', target: 'c' },
    ]
    const chain: WorkflowBlueprint = { id: 'chain', nodes: ids.map((id) => limited(id)), edges }
    for (let count = 0; count < 2; count++) {
      work({ registry, blueprints: [chain], keyLimits, limits, continueInWorker: true })
    }
    const runtime = client({ registry, blueprints: { chain } })
    const runs = await Promise.all(['one', 'two'].map((runId) => runtime.start(chain, undefined, { runId })))
    const results = await pass(Promise.all(runs.map((run) => run.result())))
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(most()).toBe(1)
    expect(began.map((at) => at - (began[0] ?? 0))).toEqual([0, 1000, 2000, 3000, 4000, 5000])
    const ends = await Promise.all(runs.map(async (run) => (await run.journal()).at(-1)?.at ?? 0))
    // They took turns: neither went through before the other.
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBe(1000)
    expect(await store.readPermits('press', 'nobody')).toBeUndefined()
  })

  it('ends with an attempt that has timed out, also if its handler goes on', async () => {
    const { client, work, pass, store } = presses()
    const registry = { work: ({ input }: NodeContext) => (input === 'hang' ? new Promise(() => {}) : 'done') }
    const blueprint: WorkflowBlueprint = { id: 'print', nodes: [limited('a', { timeoutMs: 500 })], edges: [] }
    work({ registry, blueprints: [blueprint], keyLimits, limits })
    const runtime = client({ registry, blueprints: { print: blueprint } })
    const runs = [await runtime.start(blueprint, 'hang'), await runtime.start(blueprint, 'go')]
    const results = await pass(Promise.all(runs.map((run) => run.result())))
    expect(results.map(({ status }) => status)).toEqual(['failed', 'completed'])
    expect(results[0]?.errors[0]?.code).toBe('NODE_TIMEOUT')
    expect(await store.readPermits('press', 'nobody')).toBeUndefined()
  })

  it('ends with an attempt that is cancelled, as soon as its worker hears of it', async () => {
    const { runtime, worker, advance, began } = presses()
    worker({ keyLimits, limits: { leaseMs: 900 } })
    const [first, second] = [await runtime.start(printing), await runtime.start(printing)]
    await settle()
    await first.cancel()
    await advance(400)
    expect([await first.status(), began.length]).toEqual(['cancelled', 2])
    await advance(1000)
    expect(await second.status()).toBe('completed')
  })

  it('is given back for the time of a backoff', async () => {
    const { client, work, pass, clock } = presses()
    const told: string[] = []
    const registry = {
      work: ({ runId, attempt }: NodeContext) => {
        told.push(`${runId} ${attempt} at ${clock.now()}`)
        if (runId === 'fails' && attempt === 1) throw new Error('not yet')
      },
    }
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 5000 } } as const
    const blueprint: WorkflowBlueprint = { id: 'print', nodes: [limited('a', { retry })], edges: [] }
    work({ registry, blueprints: [blueprint], keyLimits, limits })
    const runtime = client({ registry, blueprints: { print: blueprint } })
    const start = clock.now()
    const runs = await Promise.all(['fails', 'other'].map((runId) => runtime.start(blueprint, undefined, { runId })))
    await pass(Promise.all(runs.map((run) => run.result())))
    expect(told).toEqual([`fails 1 at ${start}`, `other 1 at ${start}`, `fails 2 at ${start + 5000}`])
  })

  it('that others have got meanwhile lets its attempt be given up, and made again in its turn', async () => {
    const { runtime, store, queue, worker, advance, began } = presses()
    const forgetful = aroundStore(store, async ({ name, carryOut }) => (name === 'renewPermit' ? 'lost' : carryOut()))
    const first = worker({ store: forgetful, queue, keyLimits, limits: { leaseMs: 900, maxLostAttempts: 0 } })
    const run = await runtime.start(printing)
    await settle()
    worker({ keyLimits, limits })
    const closed = first.close()
    await advance(300)
    await closed
    // Its lease has not ended: it was handed back.
    expect(began).toHaveLength(2)
    await advance(1000)
    expect(await run.status()).toBe('completed')
    expect((await run.journal()).filter(({ type }) => type === 'node.failed')).toEqual([])
  })

  it('of a worker that stood still past its lease is not given back by it when others have one', async () => {
    const { runtime, store, worker, advance, began, clock } = presses()
    let isStill = false
    const waking: (() => void)[] = []
    const stopping = aroundStore(store, async ({ carryOut }) => {
      if (isStill) {
        await new Promise<void>((resolve) => {
          waking.push(resolve)
        })
      }
      return carryOut()
    })
    const short = { leaseMs: 3000 }
    worker({ store: stopping, keyLimits, limits: short, sweepMs: 600_000, concurrency: 1 })
    const run = await runtime.start(printing)
    await settle()
    isStill = true
    worker({ keyLimits, limits: short })
    await advance(4500)
    const [, again = 0] = began
    expect(again - (began[0] ?? 0)).toBeGreaterThanOrEqual(3000)
    expect(clock.now() - again).toBeLessThan(2000)
    const next = await runtime.start(printing)
    isStill = false
    for (const wake of waking) wake()
    await advance(3000)
    expect([await run.status(), await next.status()]).toEqual(['completed', 'completed'])
    // Begun one after the other: the one that woke up freed nothing.
    for (const [at, began1] of began.slice(2).entries()) {
      expect(began1 - (began[at + 1] ?? 0)).toBeGreaterThanOrEqual(900)
    }
    expect(await store.readPermits('press', 'nobody')).toBeUndefined()
  })
})

describe('runs without a key', () => {
  it('ask for nothing more on a worker that has limits', async () => {
    const { store, client, work, pass } = presses()
    const commandsWith = async (options: object): Promise<string[]> => {
      const names: string[] = []
      const counted = aroundStore(store, ({ name, carryOut }) => {
        names.push(name)
        return carryOut()
      })
      const registry = { work: () => 'done' }
      const blueprint: WorkflowBlueprint = {
        id: 'plain',
        nodes: [
          { id: 'a', uses: 'work' },
          { id: 'b', uses: 'work', config: { concurrencyKey: 'oven' } },
        ],
        edges: [{ source: 'a', target: 'b' }],
      }
      const worker = work({ store: counted, registry, blueprints: [blueprint], sweepMs: 600_000, ...options })
      const run = await client({ registry, blueprints: { plain: blueprint } }).start(blueprint)
      await pass(run.result())
      await worker.close()
      return names
    }
    expect(await commandsWith({ keyLimits })).toEqual(await commandsWith({}))
  })
})
