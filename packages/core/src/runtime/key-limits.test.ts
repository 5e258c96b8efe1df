import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import type { NodeConfig, WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { IOrchestrator } from '../orchestrators/contract.ts'
import { EventDrivenOrchestrator } from '../orchestrators/event-driven.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import { StepByStepOrchestrator } from '../orchestrators/step-by-step.ts'
import { FlowRuntime } from './flow-runtime.ts'

const press: NodeConfig = { concurrencyKey: 'press' }

/** A runtime whose handlers take a second, and are watched. */
function watched(keyLimits: KeyLimits) {
  const clock = new VirtualClock()
  const began: number[] = []
  let underWay = 0
  let most = 0
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(ms, resolve)
    })
  const work = async ({ nodeId }: NodeContext): Promise<string> => {
    began.push(clock.now())
    most = Math.max(most, ++underWay)
    await wait(1000)
    underWay--
    return nodeId
  }
  const runtime = new FlowRuntime({ clock, keyLimits, registry: { a: () => 'a', work }, random: () => 0 })
  return {
    clock,
    began,
    most: () => most,
    runtime,
    pass: <T>(promise: Promise<T>): Promise<T> => whileTimePasses(clock, promise),
  }
}

const fan = (config: NodeConfig = press): WorkflowBlueprint =>
  graphOf(['a>b', 'a>c', 'a>d', 'b>e', 'c>e', 'd>e'], {
    nodes: ['b', 'c', 'd', 'e'].map((id) => ({ id, uses: 'work', config })),
  })

describe('limits of attempts in one process', () => {
  it('hold across the runs of a runtime, and attempts follow each other without a pause', async () => {
    const { runtime, pass, most, began } = watched({ press: { concurrency: 2 } })
    const results = await pass(Promise.all([runtime.run(fan()), runtime.run(fan()), runtime.run(fan())]))
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    expect(most()).toBe(2)
    expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBe(5000)
  })

  it.each<[string, () => IOrchestrator]>([
    ['run to completion', () => new RunToCompletionOrchestrator()],
    ['step by step', () => new StepByStepOrchestrator()],
    ['event driven', () => new EventDrivenOrchestrator()],
  ])('hold for every orchestrator: %s', async (_name, open) => {
    const { runtime, pass, most } = watched({ press: { concurrency: 1 } })
    const carryOut = async (): Promise<string> => {
      const { traverser, state, executorFactory, services } = runtime.prepare(fan(), undefined)
      const orchestrator = open()
      for (;;) {
        const { status } = await orchestrator.run(traverser, executorFactory, state, services)
        if (status !== 'stalled') return status
      }
    }
    expect(await pass(Promise.all([carryOut(), carryOut()]))).toEqual(['completed', 'completed'])
    expect(most()).toBe(1)
  })

  it('let no more attempts begin in a window than a rate says', async () => {
    const { runtime, pass, began } = watched({ press: { rate: { max: 2, perMs: 5000 } } })
    await pass(Promise.all([runtime.run(fan()), runtime.run(fan())]))
    expect(began).toHaveLength(8)
    for (const at of began) expect(began.filter((other) => other > at - 5000 && other <= at).length).toBeLessThan(3)
    expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBe(15_000)
  })

  it('leave other keys and nodes without a key alone', async () => {
    const { runtime, pass, most } = watched({ press: { concurrency: 1 } })
    await pass(Promise.all([runtime.run(fan({ concurrencyKey: 'oven' })), runtime.run(fan({}))]))
    expect(most()).toBe(6)
  })

  it('count no time of waiting towards the limit of an attempt', async () => {
    const { runtime, pass } = watched({ press: { concurrency: 1 } })
    const result = await pass(runtime.run(fan({ ...press, timeoutMs: 1500 })))
    expect(result.status).toBe('completed')
  })

  it('hold for the items of a map, which share one key, and not for the map itself', async () => {
    const { runtime, pass, most } = watched({ press: { concurrency: 2 } })
    const map = { id: 'm', uses: 'map', params: { each: 'work' }, config: press }
    const blueprint: WorkflowBlueprint = { id: 'items', nodes: [map], edges: [] }
    const result = await pass(runtime.run(blueprint, [1, 2, 3, 4, 5]))
    expect([result.status, result.output]).toEqual(['completed', ['m', 'm', 'm', 'm', 'm']])
    expect(most()).toBe(2)
  })

  it('are given back by a failed attempt for the time of its backoff, and by a suspended one', async () => {
    const { clock, pass } = watched({})
    let tries = 0
    const told: string[] = []
    const registry = {
      a: () => 'a',
      fails: () => {
        told.push(`fails ${++tries}`)
        if (tries === 1) throw new Error('not yet')
      },
      sleeps: async (ctx: NodeContext) => {
        await ctx.sleep('rest', 10_000)
        told.push('slept')
      },
      quick: () => void told.push('quick'),
    }
    const runtime = new FlowRuntime({ clock, registry, random: () => 0, keyLimits: { press: { concurrency: 1 } } })
    const retry = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 5000 } } as const
    const nodes = [
      { id: 'f', uses: 'fails', config: { ...press, retry } },
      { id: 's', uses: 'sleeps', config: press },
      { id: 'q', uses: 'quick', config: press },
    ]
    const result = await pass(runtime.run({ id: 'mixed', nodes, edges: [] }))
    expect(result.status).toBe('completed')
    expect(told).toEqual(['fails 1', 'quick', 'fails 2', 'slept'])
  })

  it('let a run that waits for a permit be cancelled at once, and hold up nobody for it', async () => {
    const { runtime, pass, clock, began } = watched({ press: { concurrency: 1 } })
    const one: WorkflowBlueprint = { id: 'one', nodes: [{ id: 'w', uses: 'work', config: press }], edges: [] }
    const [first, second, third] = await Promise.all([runtime.start(one), runtime.start(one), runtime.start(one)])
    await settle()
    await second.cancel()
    expect((await second.result()).status).toBe('cancelled')
    expect(clock.now() - (began[0] ?? 0)).toBe(0)
    const rest = await pass(Promise.all([first.result(), third.result()]))
    expect(rest.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(began).toHaveLength(2)
  })

  it('are told of by explain: who waits, for which key, and who has it', async () => {
    const { runtime, pass, clock } = watched({ press: { concurrency: 1 } })
    const one: WorkflowBlueprint = { id: 'one', nodes: [{ id: 'w', uses: 'work', config: press }], edges: [] }
    const holder = await runtime.start(one, undefined, { runId: 'holder' })
    const waiter = await runtime.start(one)
    await settle()
    const { reasons } = await waiter.explain()
    expect(reasons).toMatchObject([
      { type: 'permit', nodeId: 'w', key: 'press', since: clock.now(), held: 1, holders: [{ runId: 'holder' }] },
    ])
    expect(reasons[0]?.sentence).toContain('the only one is held by "w" of run "holder"')
    await pass(Promise.all([holder.result(), waiter.result()]))
  })

  it('that cannot be meant are refused', () => {
    expect(() => new FlowRuntime({ keyLimits: { press: { concurrency: 1.5 } } })).toThrow(
      'keyLimits["press"].concurrency must be a whole number from 1 up',
    )
  })
})
