import { describe, expect, it } from 'vitest'
import { BusyClock } from '../../test/busy-clock.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { createWorker } from './create-worker.ts'
import { FlowRuntime } from './flow-runtime.ts'

const asking: WorkflowBlueprint = {
  id: 'asking',
  nodes: [{ id: 'ask', uses: 'wait', params: { timeoutMs: 1000 } }],
  edges: [],
}

const clocks = [
  ['while no process was alive', VirtualClock],
  ['while the process was too busy for its timers', BusyClock],
] as const

describe.each(clocks)('an answer after a deadline that passed %s', (_when, Clock) => {
  /** Answers a function that opens the runs: in the same process if its timers come late, else in a new one. */
  async function begun(
    blueprint: WorkflowBlueprint,
    { registry = {}, deadlineMs }: { readonly registry?: Registry; readonly deadlineMs?: number } = {},
  ): Promise<FlowRuntime> {
    const journals: MemoryJournals = new Map()
    const clock = new Clock()
    const process = (): FlowRuntime =>
      new FlowRuntime({
        registry,
        clock,
        blueprints: { [blueprint.id]: blueprint },
        store: memoryJournalStore({ journals }),
      })
    const first = process()
    await first.run(blueprint, undefined, { runId: 'r', ...(deadlineMs === undefined ? {} : { deadlineMs }) })
    if (clock instanceof VirtualClock) await first.close()
    clock.advance(1000)
    return clock instanceof VirtualClock ? process() : first
  }

  it('is refused where it is that of a wait node', async () => {
    const run = (await begun(asking)).open('r')
    await expect(run.resume('ask', 1)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
    expect(await run.result()).toMatchObject({ status: 'failed', errors: [{ code: 'WAIT_TIMEOUT' }] })
  })

  it('is refused by id, and makes no open wait of the same name ambiguous', async () => {
    const nodes = [
      { id: 'early', uses: 'wait', params: { name: 'ask', timeoutMs: 1000, timeoutAction: 'late' } },
      { id: 'patient', uses: 'wait', params: { name: 'ask' } },
    ]
    const run = (await begun({ id: 'two', nodes, edges: [] })).open('r')
    await expect(run.resume('ask:early', 1)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
    await run.resume('ask', 2)
    expect(await run.result()).toMatchObject({ status: 'completed', outputs: { patient: 2 } })
  })

  it('is refused where it is that of a webhook', async () => {
    const tokens: string[] = []
    const registry = { announce: ({ token }: { readonly token: string }) => tokens.push(token) } as unknown as Registry
    const nodes = [{ id: 'hook', uses: 'webhook', params: { announce: 'announce', timeoutMs: 1000 } }]
    const run = (await begun({ id: 'hooked', nodes, edges: [] }, { registry })).open('r')
    await expect(run.resumeByToken(tokens[0] ?? '', 1)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
  })

  it('is refused where it is that of a durable call', async () => {
    const registry: Registry = { h: ({ waitFor }: NodeContext) => waitFor('ok', { timeout: 1000 }) }
    const run = (await begun({ id: 'calling', nodes: [{ id: 'h', uses: 'h' }], edges: [] }, { registry })).open('r')
    await expect(run.resume('ok', 1)).rejects.toMatchObject({ code: 'WAIT_EXPIRED' })
    expect(await run.result()).toMatchObject({ status: 'failed', errors: [{ code: 'WAIT_TIMEOUT' }] })
  })

  it('is refused where it is that of the run, which ends as if it had been asked at its deadline', async () => {
    const patient = { id: 'patient', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
    const run = (await begun(patient, { deadlineMs: 1000 })).open('r')
    await expect(run.resume('ask', 1)).rejects.toMatchObject({
      code: 'WAIT_NOT_OPEN',
      retryable: false,
      message:
        'the answer to wait "ask" comes too late: run "r" has ended as failed (RUN_DEADLINE: run "r" did not end within its deadline of 1000 ms)',
      details: { runId: 'r', wait: 'ask', status: 'failed', code: 'RUN_DEADLINE' },
    })
    await expect(run.resume('ask:ask', 1)).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN', retryable: false })
    expect(await run.result()).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
  })
})

describe('an answer to a run that has ended', () => {
  const never: WorkflowBlueprint = {
    id: 'never',
    nodes: [
      { id: 'ask', uses: 'wait' },
      { id: 'break', uses: 'break' },
    ],
    edges: [],
  }

  it('says how it has ended', async () => {
    const registry: Registry = {
      break: () => {
        throw new HeddleError('NODE_FAILED', 'it broke')
      },
    }
    const runtime = new FlowRuntime({ registry })
    await runtime.run(never, undefined, { runId: 'r' })
    await expect(runtime.open('r').resume('ask', 1)).rejects.toMatchObject({
      code: 'WAIT_NOT_OPEN',
      retryable: false,
      message: expect.stringMatching(/run "r" has ended as failed \(NODE_FAILED: .*\)$/u) as unknown,
    })
    const other = await runtime.start(asking, undefined, { runId: 'cancelled' })
    await other.cancel()
    await expect(other.resume('ask', 1)).rejects.toMatchObject({
      message: 'the answer to wait "ask" comes too late: run "cancelled" has ended as cancelled',
    })
  })

  it('says so too where workers carry the run out', async () => {
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    const runtime = new FlowRuntime({ store, queue, blueprints: { asking } })
    const worker = createWorker({ store, queue, blueprints: [asking] })
    const run = await runtime.start(asking, undefined, { runId: 'r' })
    await run.cancel()
    await run.result()
    await expect(run.resume('ask', 1)).rejects.toMatchObject({
      code: 'WAIT_NOT_OPEN',
      retryable: false,
      message: 'the answer to wait "ask" comes too late: run "r" has ended as cancelled',
    })
    await worker.close()
    await queue.close()
  })
})

describe('the deadline of a run', () => {
  it('comes before an attempt that ends later, also where its timer comes late', async () => {
    const clock = new BusyClock()
    const registry: Registry = {
      slow: async () => {
        await Promise.resolve()
        clock.advance(1000)
      },
      next: () => 'never',
    }
    const blueprint: WorkflowBlueprint = {
      id: 'slow',
      nodes: [
        { id: 'slow', uses: 'slow' },
        { id: 'next', uses: 'next' },
      ],
      edges: [{ source: 'slow', target: 'next' }],
    }
    const result = await new FlowRuntime({ registry, clock }).run(blueprint, undefined, { deadlineMs: 1000 })
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }], cancelled: ['slow'] })
  })
})
