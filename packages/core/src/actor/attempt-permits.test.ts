import { describe, expect, it } from 'vitest'
import { createWorker } from '../runtime/create-worker.ts'
import { aroundStore } from '../../test/around-store.ts'
import { machines } from '../../test/machines.ts'
import { limited, presses, printing as blueprint } from '../../test/presses.ts'
import { settle } from '../../test/while-time-passes.ts'
import { expand } from '../model/node-result.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { NodeContext } from '../ports/node-context.ts'

describe('attempts of workers that share a key', () => {
  it('are never more at once than its limit says, across runs and workers', async () => {
    const { runtime, worker, pass, most } = presses()
    for (let count = 0; count < 3; count++) worker({ keyLimits: { press: { concurrency: 2 } } })
    const runs = await Promise.all(Array.from({ length: 12 }, () => runtime.start(blueprint)))
    const results = await pass(Promise.all(runs.map((run) => run.result())))
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'completed'))
    expect(most()).toBe(2)
  })

  it('go on one after the other without a pause', async () => {
    const { runtime, worker, pass, began } = presses()
    worker({ keyLimits: { press: { concurrency: 1 } } })
    const runs = await Promise.all(Array.from({ length: 5 }, () => runtime.start(blueprint)))
    await pass(Promise.all(runs.map((run) => run.result())))
    expect(began.map((at) => at - (began[0] ?? 0))).toEqual([0, 1000, 2000, 3000, 4000])
  })

  it('begin no more often than its rate says, in no window', async () => {
    const { runtime, worker, pass, began } = presses()
    const rate = { max: 3, perMs: 2000 }
    for (let count = 0; count < 2; count++) worker({ keyLimits: { press: { rate } } })
    const runs = await Promise.all(Array.from({ length: 10 }, () => runtime.start(blueprint)))
    await pass(Promise.all(runs.map((run) => run.result())))
    expect(began).toHaveLength(10)
    for (const at of began) expect(began.filter((other) => other > at - 2000 && other <= at).length).toBeLessThan(4)
    // Nor less often than it lets them.
    expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBe(6000)
  })

  it('ask for a permit once, not again and again, while they wait', async () => {
    const { runtime, store, clock, worker, advance } = presses()
    let asked = 0
    const counted = aroundStore(store, ({ name, carryOut }) => {
      if (name === 'takePermit') asked++
      return carryOut()
    })
    const blocking = { press: { concurrency: 1, rate: { max: 1, perMs: 600_000 } } }
    worker({ store: counted, keyLimits: blocking })
    for (let count = 0; count < 5; count++) await runtime.start(blueprint)
    const before = clock.now()
    await advance(60_000)
    expect(clock.now() - before).toBe(60_000)
    // At first, and whenever its run sends its job again: after 5, 15 and 35 s.
    expect(asked).toBeLessThanOrEqual(1 + 4 * 5)
  })

  it('get the permit of a worker that died when its lease ends', async () => {
    const { runtime, store, queue, clock, registry, worker, began, advance } = presses()
    let isDead = false
    const mortal = aroundStore(store, ({ carryOut }) => (isDead ? new Promise(() => {}) : carryOut()))
    const keyLimits = { press: { concurrency: 1 } }
    // It is never closed: it waits for answers that do not come.
    createWorker({
      store: mortal,
      queue,
      clock,
      registry,
      blueprints: [blueprint],
      keyLimits,
      sweepMs: 1_000_000_000,
      concurrency: 1,
    })
    await runtime.start(blueprint, undefined, { runId: 'first' })
    await settle()
    isDead = true
    worker({ keyLimits })
    await runtime.start(blueprint, undefined, { runId: 'second' })
    await advance(7500)
    expect(began).toHaveLength(1)
    await advance(8000)
    expect(began.length).toBeGreaterThanOrEqual(2)
    await advance(5000)
    for (const runId of ['first', 'second']) {
      expect(await runtime.open(blueprint, runId).status()).toBe('completed')
    }
  })

  it('that are cancelled while they wait hold up nobody', async () => {
    const { runtime, worker, advance, began } = presses()
    worker({ keyLimits: { press: { concurrency: 1 } } })
    const [, second, third] = await Promise.all([0, 1, 2].map(() => runtime.start(blueprint)))
    await settle()
    await second?.cancel()
    await advance(2500)
    expect([await second?.status(), await third?.status()]).toEqual(['cancelled', 'completed'])
    expect(began).toHaveLength(2)
  })

  it('that are suspended hold no permit', async () => {
    const { client, work, pass } = machines()
    const registry = {
      work: async (ctx: NodeContext) => {
        await ctx.sleep('rest', 60_000)
        return ctx.runId
      },
      quick: () => 'done',
    }
    const nodes = [limited('a'), { ...limited('b'), uses: 'quick' }]
    const both: WorkflowBlueprint = { id: 'both', nodes, edges: [] }
    const keyLimits = { press: { concurrency: 1 } }
    work({ registry, blueprints: [both], keyLimits })
    const runtime = client({ registry, blueprints: { both } })
    const run = await runtime.start(both)
    const events: string[] = []
    const followed = (async () => {
      for await (const event of run.events()) {
        if (event.type === 'node.completed') events.push(event.nodeId)
      }
    })()
    await pass(Promise.all([run.result(), followed]))
    expect(events).toEqual(['b', 'a'])
  })

  it('are limited too if a handler added their node to the run', async () => {
    const { registry: handlers, worker, most, pass, client } = presses()
    const added = ['x', 'y', 'z']
    const edges = added.map((target) => ({ source: 'a', target }))
    const grow = () => expand({ nodes: added.map((id) => limited(id)), edges })
    const growing: WorkflowBlueprint = { id: 'growing', nodes: [{ id: 'a', uses: 'grow' }], edges: [] }
    const registry = { ...handlers, grow }
    const keyLimits = { press: { concurrency: 1 } }
    for (let count = 0; count < 2; count++) worker({ blueprints: [growing], registry, keyLimits })
    const run = await client({ registry, blueprints: { growing } }).start(growing)
    expect((await pass(run.result())).status).toBe('completed')
    expect(most()).toBe(1)
  })

  it('are told of by explain: who waits, for which key, and who has it', async () => {
    const { runtime, worker, clock, advance } = presses()
    worker({ keyLimits: { press: { concurrency: 1 } } })
    await runtime.start(blueprint, undefined, { runId: 'holder' })
    await settle()
    const run = await runtime.start(blueprint, undefined, { runId: 'waiter' })
    await settle()
    const { reasons, status } = await run.explain()
    expect(status).toBe('running')
    expect(reasons).toMatchObject([
      {
        type: 'permit',
        nodeId: 'a',
        attempt: 1,
        key: 'press',
        since: clock.now(),
        holders: [{ runId: 'holder', visit: { nodeId: 'a' } }],
      },
    ])
    expect(reasons[0]?.sentence).toMatch(
      /^"a" waits for a permit of "press" since .*: the only one is held by "a" of run "holder"$/u,
    )
    await advance(3000)
  })

  it('of a rate are told when they may begin', async () => {
    const { runtime, worker, clock, advance } = presses()
    worker({ keyLimits: { press: { rate: { max: 1, perMs: 60_000 } } } })
    await runtime.start(blueprint)
    await settle()
    const run = await runtime.start(blueprint)
    await settle()
    const { reasons } = await run.explain()
    expect(reasons).toMatchObject([{ type: 'permit', rateOpensAt: clock.now() + 60_000 }])
    expect(reasons[0]?.sentence).toContain('1 attempts began within 1 min, and the next one may begin in 1 min')
    await advance(2000)
  })
})

describe('a worker with limits that cannot be meant', () => {
  it.each([
    [{ press: {} }, 'keyLimits["press"] needs'],
    [{ press: { concurrency: 0 } }, 'keyLimits["press"].concurrency must be'],
    [{ press: { rate: { max: 1 } } }, 'keyLimits["press"].rate.perMs must be'],
    [{ press: { rate: { max: 20_000, perMs: 1 } } }, 'from 1 to 10000'],
    [{ press: { limit: 1 } }, 'keyLimits["press"].limit does not exist'],
    [[1], 'keyLimits must be an object'],
  ])('is refused: %j', (keyLimits, message) => {
    const { worker } = presses()
    expect(() => worker({ keyLimits: keyLimits as KeyLimits })).toThrow(message)
  })
})
