import { describe, expect, it } from 'vitest'
import { bothWays, runBy } from '../../../test/drive.ts'
import { VirtualClock } from '../../../test/virtual-clock.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { StepByStepOrchestrator } from '../../orchestrators/step-by-step.ts'
import type { Registry } from '../../ports/node-context.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'
import { executeBatch } from '../run/execute-batch.ts'
import { Pacer } from './pacer.ts'
import { yieldTurn } from './yield-turn.ts'

const chainOf = (count: number): WorkflowBlueprint => {
  const ids = Array.from({ length: count }, (_, at) => `n${at}`)
  return {
    id: 'chain',
    nodes: ids.map((id) => ({ id, uses: 'work' })),
    edges: ids.slice(1).map((target, at) => ({ source: ids[at] as string, target })),
  }
}

const fanOf = (count: number): WorkflowBlueprint => ({ ...chainOf(count), id: 'fan', edges: [] })

const loop: WorkflowBlueprint = {
  id: 'looped',
  nodes: [{ id: 'body', uses: 'subflow', params: { blueprintId: 'chain', again: 'again' } }],
  edges: [{ source: 'body', target: 'body', action: 'again' }],
  start: ['body'],
}

const mapped: WorkflowBlueprint = {
  id: 'mapped',
  nodes: [{ id: 'all', uses: 'map', params: { each: 'work', over: 'over' } }],
  edges: [],
}

/** A handler during which the clock goes on, and which never lets others have their turn. At its first call a cancel is on its way. */
function busy(tookMs: number) {
  const clock = new VirtualClock()
  const controller = new AbortController()
  const calls = { count: 0 }
  const work = (): void => {
    if (calls.count++ === 0) yieldTurn(() => controller.abort())
    clock.advance(tookMs)
  }
  const registry: Registry = { work, again: () => true, over: () => Array.from({ length: 200 }) }
  return { clock, signal: controller.signal, calls, registry, later: { ...registry, work: async () => work() } }
}

describe('handlers that never really wait', () => {
  const shapes = [chainOf(200), fanOf(200), mapped]
  const cases = bothWays.flatMap(([way, orchestrator]) =>
    shapes.map((blueprint) => [blueprint.id, way, orchestrator, blueprint] as const),
  )

  it.each(cases)('of a %s do not keep a cancel from its turn, %s', async (_id, way, orchestrator, blueprint) => {
    for (const kind of ['registry', 'later'] as const) {
      const { clock, signal, calls, [kind]: registry } = busy(4)
      const { status } = await runBy(orchestrator(), blueprint, { clock, registry, run: { signal } })
      expect(status).toBe('cancelled')
      // A turn of 10 ms, and what a worker had begun before.
      expect(calls.count).toBeLessThan(way === 'distributed' ? 40 : 6)
    }
  })

  it('of short child runs one after another do not', async () => {
    const { clock, signal, calls, registry } = busy(4)
    const runtime = new FlowRuntime({ clock, registry, blueprints: { chain: chainOf(1) } })
    const { status } = await runtime.run(loop, undefined, { signal })
    expect(status).toBe('cancelled')
    expect(calls.count).toBeLessThan(10)
  })

  it('of many runs at the same time do not', async () => {
    const { clock, signal, calls, later } = busy(4)
    const runtime = new FlowRuntime({ clock, registry: later })
    await Promise.all(Array.from({ length: 8 }, () => runtime.run(chainOf(50), undefined, { signal })))
    // Before the first turn each of them may have begun.
    expect(calls.count).toBeLessThan(20)
  })

  it('do not within a step, nor over many steps', async () => {
    for (const blueprint of [fanOf(200), chainOf(200)]) {
      const { clock, signal, calls, registry } = busy(4)
      const runtime = new FlowRuntime({ clock, registry })
      const { traverser, executorFactory, state, services } = runtime.prepare(blueprint, undefined, { signal })
      const orchestrator = new StepByStepOrchestrator()
      const step = () => orchestrator.run(traverser, executorFactory, state, services)
      let result = await step()
      while (result.status === 'stalled') result = await step()
      expect(result.status).toBe('cancelled')
      expect(calls.count).toBeLessThan(6)
    }
  })

  it('do not within a batch', async () => {
    const { clock, signal, calls, registry } = busy(4)
    let seen = 0
    signal.addEventListener('abort', () => (seen = calls.count))
    const blueprint = fanOf(100)
    const { traverser, executorFactory, state, services } = new FlowRuntime({ clock, registry }).prepare(blueprint)
    await executeBatch(traverser.getReadyNodes(), blueprint, state, executorFactory, services)
    expect(calls.count).toBe(100)
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(6)
  })

  it('do not by a clock that stands still, and the run completes', async () => {
    let seen = 0
    let count = 0
    const work = (): void => {
      if (count++ === 0) yieldTurn(() => (seen = count))
    }
    const runtime = new FlowRuntime({ clock: new VirtualClock(), registry: { work } })
    const { status } = await runtime.run(chainOf(20_000))
    expect(status).toBe('completed')
    expect(seen).toBeGreaterThan(1000)
    expect(seen).toBeLessThan(20_000)
  })
})

describe('a pacer', () => {
  const open = () => {
    const clock = new VirtualClock()
    const turns: (() => void)[] = []
    const pacer = new Pacer(clock, (callback) => turns.push(callback))
    /** Does pieces of work of so many milliseconds until others are to have their turn; answers how many. */
    const workFor = (tookMs: number): number => {
      let count = 0
      while (!pacer.isDue() && count < 100_000) {
        count++
        clock.advance(tookMs)
      }
      return count
    }
    return { clock, turns, pacer, workFor }
  }

  it('lets others have their turn after 10 ms of work, however long a piece takes', () => {
    for (const [tookMs, pieces] of [
      [100, 1],
      [4, 3],
      [1, 10],
    ] as const) {
      const { pacer, turns, workFor } = open()
      pacer.enter()
      workFor(tookMs)
      turns.pop()?.()
      expect(workFor(tookMs)).toBeLessThan(pieces + 32)
      turns.pop()?.()
      expect(workFor(tookMs)).toBeGreaterThanOrEqual(pieces)
    }
  })

  it('notices within a few pieces that they have become slow', () => {
    const { clock, pacer, workFor } = open()
    pacer.enter()
    for (let piece = 0; piece < 1000; piece++) pacer.isDue()
    clock.advance(1)
    expect(workFor(50)).toBeLessThan(34)
  })

  it('lets everybody stop until the turn is over', async () => {
    const { pacer, turns, workFor } = open()
    pacer.enter()
    workFor(20)
    expect([pacer.isDue(), pacer.isDue(), turns.length]).toEqual([true, true, 1])
    const { turn } = pacer
    turns.pop()?.()
    await turn
    expect(pacer.isDue()).toBe(false)
  })

  it('lets who waited for a turn wait for another one if those who went on first worked long enough', async () => {
    const { pacer, turns, workFor } = open()
    pacer.enter()
    workFor(20)
    const worked: string[] = []
    const workAfterTurn = async (name: string): Promise<void> => {
      while (pacer.isDue()) await pacer.turn
      worked.push(name)
      workFor(20)
    }
    const both = [workAfterTurn('first'), workAfterTurn('second')]
    turns.pop()?.()
    await both[0]
    expect([worked, turns.length]).toEqual([['first'], 1])
    turns.pop()?.()
    await both[1]
    expect(worked).toEqual(['first', 'second'])
  })

  it('does not count a pause in which nobody was at work', () => {
    const { clock, pacer } = open()
    for (let run = 0; run < 100; run++) {
      pacer.enter()
      expect([pacer.isDue(), pacer.isDue(), pacer.isDue()]).toEqual([false, false, false])
      pacer.leave()
      clock.advance(1000)
    }
  })

  it('goes on by a clock that is set back', () => {
    const clock = { time: 1_000_000, now: () => clock.time, schedule: () => () => undefined }
    const turns: (() => void)[] = []
    const pacer = new Pacer(clock, (callback) => turns.push(callback))
    pacer.enter()
    pacer.isDue()
    clock.time = 0
    for (let piece = 0; piece < 40; piece++) {
      clock.time += 1
      pacer.isDue()
    }
    expect(turns).toHaveLength(1)
  })
})
