import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { defineRuns } from '../runtime/define-runs.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import type { PreparedRun } from '../runtime/prepare.ts'
import { EventDrivenOrchestrator, type EventDrivenOptions } from './event-driven.ts'
import { StepByStepOrchestrator } from './step-by-step.ts'

const name = ({ nodeId }: NodeContext): string => nodeId
const registry = { a: name, b: name }
const ask = { id: 'ask', uses: 'wait' }
const asking = graphOf(['a>ask', 'ask>b'], { nodes: [ask] })

function drive(run: PreparedRun, options: EventDrivenOptions = {}): Promise<{ status: string }> {
  const { traverser, executorFactory, state, services } = run
  return new EventDrivenOrchestrator(options).run(traverser, executorFactory, state, services)
}

describe('the handle of a run that is carried out by jobs', () => {
  it('tells its end, its events and its journal, also to who asked before the run began', async () => {
    const run = new FlowRuntime({ registry }).prepare(graphOf(['a>b']))
    const { handle } = run
    const early = handle.result()
    expect(await handle.status()).toBe('running')
    await drive(run)
    expect([(await early).output, (await handle.result()).output, await handle.status()]).toEqual([
      'b',
      'b',
      'completed',
    ])
    const types: string[] = []
    for await (const { type } of handle.events()) types.push(type)
    expect([types[0], types.at(-1)]).toEqual(['run.started', 'run.completed'])
    expect((await handle.journal()).map(({ type }) => type)).toEqual(types)
  })

  it('answers waits, and the run then goes on to its end, whether it is driven again or not', async () => {
    const prepared = new FlowRuntime({ registry }).prepare(asking)
    const { handle } = prepared
    expect((await drive(prepared)).status).toBe('awaiting')
    expect([await handle.status(), (await handle.waits()).map(({ waitId }) => waitId)]).toEqual([
      'awaiting',
      ['ask:ask'],
    ])
    await handle.resume('ask', 1)
    await expect(handle.resume('ask', 1)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    expect((await handle.result()).outputs).toEqual({ a: 'a', ask: 1, b: 'b' })
    expect([await handle.status(), await handle.waits()]).toEqual(['completed', []])
  })

  it('cancels the run, while it runs and while it waits', async () => {
    const runtime = new FlowRuntime({ registry: { ...registry, a: () => new Promise(() => {}) } })
    const running = runtime.prepare(asking)
    const driven = drive(running)
    await settle()
    await running.handle.cancel('enough')
    expect([(await driven).status, (await running.handle.result()).cancelled]).toEqual(['cancelled', ['a']])
    const waiting = new FlowRuntime({ registry }).prepare(asking)
    await drive(waiting)
    await waiting.handle.cancel()
    expect((await waiting.handle.result()).status).toBe('cancelled')
    expect(await waiting.handle.status()).toBe('cancelled')
  })

  it('cancels a run that has not begun; driving it then attempts nothing', async () => {
    const prepared = new FlowRuntime({ registry }).prepare(asking)
    const { handle } = prepared
    await handle.cancel()
    expect((await drive(prepared)).status).toBe('cancelled')
    expect((await handle.result()).outputs).toEqual({})
  })

  it('has no snapshot, and other orchestrators leave the run alone', async () => {
    const prepared = new FlowRuntime({ registry }).prepare(asking)
    const { handle } = prepared
    await drive(prepared)
    await expect(handle.snapshot()).rejects.toMatchObject({ code: 'INVALID_STATE' })
    const { traverser, executorFactory, state, services } = prepared
    const step = await new StepByStepOrchestrator().run(traverser, executorFactory, state, services)
    expect([step.status, step.outputs]).toEqual(['awaiting', { a: 'a' }])
    await handle.resume('ask')
    expect((await handle.result()).status).toBe('completed')
  })
})

describe('a run that is carried out by jobs', () => {
  it('lets go of its workers once it has ended, also when nobody drives it any more', async () => {
    const queue = memoryJobQueue()
    const open = new Set<object>()
    const watched: IJobQueue = {
      enqueue: (jobs) => queue.enqueue(jobs),
      close: () => queue.close(),
      consume: (...given) => {
        const consumer = queue.consume(...given)
        open.add(consumer)
        return { close: () => consumer.close().finally(() => open.delete(consumer)) }
      },
    }
    const run = new FlowRuntime({ registry }).prepare(asking)
    await drive(run, { store: memoryCoordinationStore(), queue: watched, workers: 2 })
    expect(open.size).toBe(2)
    await run.handle.resume('ask')
    await run.handle.result()
    await settle()
    expect(open.size).toBe(0)
  })

  it.each([
    [1, 3],
    [4, 3],
    [5, 2],
    [4, 1],
  ])('attempts no more than its concurrency of %i at once, with %i workers', async (concurrency, workers) => {
    const counts = { now: 0, most: 0 }
    const work = async (): Promise<void> => {
      counts.most = Math.max(counts.most, ++counts.now)
      await settle()
      counts.now--
    }
    const ids = Array.from({ length: 12 }, (_, at) => `n${at}`)
    const blueprint = graphOf([], { nodes: ids.map((id) => ({ id, uses: 'work' })) })
    const run = new FlowRuntime({ registry: { work } }).prepare(blueprint, undefined, { concurrency })
    expect((await drive(run, { workers })).status).toBe('completed')
    expect(counts).toEqual({ now: 0, most: concurrency })
  })

  it('is refused if its id belongs to a run with another input', async () => {
    const store = memoryCoordinationStore()
    const options = { store, queue: memoryJobQueue() }
    const runtime = new FlowRuntime({ registry })
    await drive(runtime.prepare(asking, 1, { runId: 'r' }), options)
    const other = runtime.prepare(asking, 2, { runId: 'r' })
    await expect(drive(other, options)).rejects.toMatchObject({ code: 'RUN_CONFLICT', details: { what: 'input' } })
  })
})

describe('an own loop over handleJob', () => {
  it('carries out the runs that it has definitions of, with timers by sweep', async () => {
    const clock = new VirtualClock()
    const store = memoryCoordinationStore({ clock })
    const nap = { id: 'nap', uses: 'sleep', params: { durationMs: 5000 } }
    const blueprint = graphOf(['a>nap', 'nap>b'], { nodes: [nap] })
    const definitions = defineRuns({ blueprints: [blueprint], registry, clock })
    const orchestrator = new EventDrivenOrchestrator({ store, definitions, clock })
    const jobs: RunJob[] = []
    const queue = { ...memoryJobQueue({ clock }), enqueue: async (sent: readonly RunJob[]) => void jobs.push(...sent) }
    const run = await new FlowRuntime({ store, queue, clock }).start(blueprint, 1)
    const result = whileTimePasses(clock, run.result())
    for (let steps = 0; steps < 1000 && (await run.status()) === 'running'; steps++) {
      const job = jobs.shift()
      jobs.push(...(job === undefined ? await orchestrator.sweep() : await orchestrator.handleJob(job)))
      await settle()
    }
    expect((await result).outputs).toEqual({ a: 'a', nap: 'a', b: 'b' })
  })

  it('needs a store and definitions', async () => {
    const job = { id: 'j', runId: 'r', incarnation: 'i', definitionHash: 'h' }
    await expect(new EventDrivenOrchestrator().handleJob(job)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(new EventDrivenOrchestrator({ store: memoryCoordinationStore() }).sweep()).rejects.toThrow(
      'defineRuns',
    )
    expect(() => defineRuns({})).toThrow('there is nothing to carry out')
  })
})
