import { describe, expect, it } from 'vitest'
import { bothWays, eventLoopTurn, passTime, runBy } from '../../test/drive.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { yieldTurn } from '../execution/engine/yield-turn.ts'
import type { NodeConfig, WorkflowBlueprint } from '../model/blueprint.ts'
import type { Registry } from '../ports/node-context.ts'
import type { ILogger, LogMethod } from '../ports/logger.ts'

const mapOf = (config: NodeConfig = {}): WorkflowBlueprint => ({
  id: 'mapped',
  nodes: [{ id: 'all', uses: 'map', params: { over: 'over', each: 'each' }, config }],
  edges: [],
})

const each = ({ item }: { readonly item?: unknown }): unknown => item

/** A generator that never ends, one number every 2 ms; and what became of it. */
function ticking(clock: VirtualClock): { readonly registry: Registry; readonly seen: string[] } {
  const seen: string[] = []
  async function* over(): AsyncGenerator<number> {
    try {
      for (let tick = 0; ; tick++) {
        await new Promise<void>((resolve) => {
          clock.schedule(2, resolve)
        })
        seen.push(String(tick))
        yield tick
      }
    } finally {
      seen.push('closed')
    }
  }
  return { registry: { over, each }, seen }
}

async function* oneTwoThree(): AsyncGenerator<number> {
  yield* [1, 2, 3]
}

/** Numbers without an end, at once; and how many were taken. */
function* numbers(log: { taken: number; closed: number }): Generator<number> {
  try {
    for (;;) yield log.taken++
  } finally {
    log.closed++
  }
}

describe.each(bothWays)('a map over an iterable, %s', (_way, orchestrator) => {
  it('has an item for each of a generator, an async generator and a set', async () => {
    for (const over of [oneTwoThree, () => [1, 2, 3].values(), () => new Set([1, 2, 3])]) {
      const { output } = await runBy(orchestrator(), mapOf(), { registry: { over, each } })
      expect(output).toEqual([1, 2, 3])
    }
  })

  it('reads no further when the run is cancelled, and lets the generator clean up', async () => {
    const clock = new VirtualClock()
    const { registry, seen } = ticking(clock)
    const controller = new AbortController()
    const result = runBy(orchestrator(), mapOf(), { clock, registry, run: { signal: controller.signal } })
    await passTime(clock, 2)
    await passTime(clock, 2)
    controller.abort()
    expect((await result).status).toBe('cancelled')
    await passTime(clock, 2)
    await passTime(clock, 2)
    expect(seen).toEqual(['0', '1', '2', 'closed'])
  })

  it('reads no further when the attempt times out, and fails with that', async () => {
    const clock = new VirtualClock()
    const { registry, seen } = ticking(clock)
    const result = runBy(orchestrator(), mapOf({ timeoutMs: 3 }), { clock, registry })
    await passTime(clock, 2)
    await passTime(clock, 1)
    expect(await result).toMatchObject({ status: 'failed', errors: [{ code: 'NODE_TIMEOUT' }] })
    await passTime(clock, 2)
    await passTime(clock, 2)
    expect(seen).toEqual(['0', '1', 'closed'])
  })

  it('is not held up by an iterator that neither answers nor returns', async () => {
    const clock = new VirtualClock()
    const never = (): Promise<never> => new Promise(() => {})
    let returned = 0
    const neverEnding = (): Promise<never> => {
      returned++
      return never()
    }
    const over = () => ({ [Symbol.asyncIterator]: () => ({ next: never, return: neverEnding }) })
    const result = runBy(orchestrator(), mapOf({ timeoutMs: 15 }), { clock, registry: { over, each } })
    await passTime(clock, 15)
    expect(await result).toMatchObject({ errors: [{ code: 'NODE_TIMEOUT' }] })
    expect(returned).toBe(1)
  })

  it('opens nothing once it was cut off', async () => {
    const clock = new VirtualClock()
    let opened = 0
    const iterable = {
      [Symbol.iterator]: () => {
        opened++
        return [].values()
      },
    }
    const over = (): Promise<unknown> =>
      new Promise((resolve) => {
        clock.schedule(20, () => resolve(iterable))
      })
    const result = runBy(orchestrator(), mapOf({ timeoutMs: 15 }), { clock, registry: { over, each } })
    await passTime(clock, 15)
    await result
    await passTime(clock, 5)
    expect(opened).toBe(0)
  })

  it('fails past the limit of items, whether they come at once, one by one or as an array', async () => {
    const log = { taken: 0, closed: 0 }
    async function* later(): AsyncGenerator<number> {
      yield* numbers(log)
    }
    const details = { nodeId: 'all', maxMapItems: 100 }
    for (const over of [() => numbers(log), later]) {
      log.taken = 0
      const { errors } = await runBy(orchestrator(), mapOf(), {
        registry: { over, each },
        limits: { maxMapItems: 100 },
      })
      expect(errors).toMatchObject([{ code: 'LIMIT_EXCEEDED', details }])
      expect(log.taken).toBe(101)
    }
    expect(log.closed).toBe(2)
    const list = { over: () => Array.from({ length: 101 }), each }
    const { errors } = await runBy(orchestrator(), mapOf(), { registry: list, limits: { maxMapItems: 100 } })
    expect(errors).toMatchObject([{ code: 'LIMIT_EXCEEDED', details: { ...details, given: 101 } }])
    const atLimit = { over: () => list.over().slice(1).values(), each }
    const { output } = await runBy(orchestrator(), mapOf(), { registry: atLimit, limits: { maxMapItems: 100 } })
    expect(output).toHaveLength(100)
  })

  it('lets others have their turn while it reads items that are all there', async () => {
    const log = { taken: 0, closed: 0 }
    const controller = new AbortController()
    const registry: Registry = {
      over: () => {
        yieldTurn(() => controller.abort())
        return numbers(log)
      },
      each,
    }
    const run = { signal: controller.signal }
    const { status } = await runBy(orchestrator(), mapOf(), { clock: new VirtualClock(), registry, run })
    expect(status).toBe('cancelled')
    await eventLoopTurn()
    expect(log.closed).toBe(1)
    expect(log.taken).toBeLessThan(100_000)
  })

  it('fails with what the iterable throws, which is not told to end any more', async () => {
    let returned = 0
    const broken = () => {
      throw new Error('line 7 cannot be read')
    }
    const iterators = [
      { [Symbol.iterator]: () => ({ next: broken, return: () => returned++ }) },
      { [Symbol.asyncIterator]: () => ({ next: async () => broken(), return: async () => returned++ }) },
    ]
    for (const iterable of iterators) {
      const { errors } = await runBy(orchestrator(), mapOf(), { registry: { over: () => iterable, each } })
      expect(errors.map(({ message }) => message)).toEqual(['node "all" failed: line 7 cannot be read'])
    }
    expect(returned).toBe(0)
  })

  it('tells the logger of an iterable that fails while it is told to end', async () => {
    const warnings: string[] = []
    const quiet: LogMethod = () => undefined
    const warn: LogMethod = (_fields, message) => warnings.push(message ?? '')
    const logger: ILogger = { trace: quiet, debug: quiet, info: quiet, warn, error: quiet, child: () => logger }
    const next = () => ({ done: false, value: 1 })
    const broken = () => {
      throw new Error('the file is gone')
    }
    const sync = { [Symbol.iterator]: () => ({ next, return: broken }) }
    const later = { [Symbol.asyncIterator]: () => ({ next: async () => next(), return: async () => broken() }) }
    for (const iterable of [sync, later]) {
      const registry = { over: () => iterable, each }
      const { errors } = await runBy(orchestrator(), mapOf(), { registry, logger, limits: { maxMapItems: 2 } })
      expect(errors).toMatchObject([{ code: 'LIMIT_EXCEEDED' }])
    }
    expect(warnings).toEqual(Array.from({ length: 2 }, () => 'the iterable of a map failed when it was told to end'))
  })
})
