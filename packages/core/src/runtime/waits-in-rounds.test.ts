import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import { memoryJobQueue } from '../memory/job-queue.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle, WaitId } from '../ports/run-handle.ts'
import { LastRounds } from '../traversal/last-rounds.ts'
import { createWorker } from './create-worker.ts'
import { FlowRuntime } from './flow-runtime.ts'

const config = { maxIterations: 1_000_000 }

/** Asks for ever. */
const chat: WorkflowBlueprint = {
  id: 'chat',
  start: ['ask'],
  nodes: [
    { id: 'ask', uses: 'wait', config },
    { id: 'say', uses: 'say' },
  ],
  edges: [
    { source: 'ask', target: 'say' },
    { source: 'say', target: 'ask' },
  ],
}

/** The same in a child run of each round, and in a handler. */
const around: WorkflowBlueprint = {
  id: 'around',
  start: ['both'],
  nodes: [
    { id: 'both', uses: 'say', config },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'asking' } },
    { id: 'call', uses: 'call' },
  ],
  edges: [
    { source: 'both', target: 'sub' },
    { source: 'sub', target: 'call' },
    { source: 'call', target: 'both' },
  ],
}
const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

const registry: Registry = { say: ({ input }: NodeContext) => input, call: ({ waitFor }: NodeContext) => waitFor('go') }

/** Answers whatever is open, until so many rounds have gone by. */
async function goRound(run: RunHandle, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const [wait] = await run.waits()
    if (wait === undefined) await settle()
    else await run.resume(wait.waitId as WaitId, 1)
  }
}

describe('a loop that waits in each of its rounds for ever', () => {
  it.each([
    [chat, 10_000],
    [around, 600],
  ])(
    'leaves a snapshot that does not grow: $id',
    async (blueprint, rounds) => {
      const journals: MemoryJournals = new Map()
      const process = (): FlowRuntime =>
        new FlowRuntime({ registry, blueprints: { asking }, store: memoryJournalStore({ journals }) })
      const run = await process().start(blueprint, undefined, { runId: 'r' })
      await settle()
      await goRound(run, 200)
      const before = (await run.snapshot()).length
      await goRound(run, rounds)
      const after = await run.snapshot()
      // Numbers of rounds and events have got longer.
      expect(after.length).toBeLessThan(before * 1.3)
      expect((await process().open(blueprint, 'r').snapshot()).length).toBeLessThan(before * 1.3)
      // An exact copy of the state holds no more of them either.
      expect(after).not.toContain('@3"')
    },
    120_000,
  )

  it('answers by id how the waits of its last rounds ended, and that one of an earlier round is over', async () => {
    const run = await new FlowRuntime({ registry }).start(chat, undefined, { runId: 'r' })
    await settle()
    await goRound(run, 40)
    const [open] = await run.waits()
    expect(open?.waitId).toBe('ask:ask@40')
    await expect(run.resume('ask:ask@39')).rejects.toMatchObject({ code: 'WAIT_ANSWERED', retryable: false })
    await expect(run.resume('ask:ask@24')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await expect(run.resume('ask:ask@23')).rejects.toMatchObject({
      code: 'WAIT_NOT_OPEN',
      retryable: false,
      message:
        'wait "ask:ask@23" of run "r" belongs to an earlier round of its loop and is over; run.waits() lists the open ones',
    })
    await expect(run.resume('ask:ask@41')).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN', retryable: true })
  })
})

async function betweenRounds(run: RunHandle): Promise<void> {
  await settle()
  await run.resume('ask', 1)
  await settle()
  await expect(run.resume('ask', 2)).rejects.toMatchObject({
    code: 'WAIT_NOT_OPEN',
    retryable: true,
    message: 'run "r" has no open wait "ask": the last one of that name was answered, and the next one is not open yet',
    details: { runId: 'r', wait: 'ask', last: 'answered' },
  })
  await expect(run.resume('ask:ask@0', 2)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
}

describe('an answer by name between two rounds of a loop', () => {
  let open = (): void => undefined
  const gated: Registry = {
    say: async ({ input }: NodeContext) => {
      await new Promise<void>((resolve) => {
        open = resolve
      })
      return input
    },
  }

  it('comes too early, with a journal or without', async () => {
    await betweenRounds(await new FlowRuntime({ registry: gated }).start(chat, undefined, { runId: 'r' }))
    const journals: MemoryJournals = new Map()
    const process = (): FlowRuntime => new FlowRuntime({ registry: gated, store: memoryJournalStore({ journals }) })
    await betweenRounds(await process().start(chat, undefined, { runId: 'r' }))
    const again = process().open(chat, 'r')
    await expect(again.resume('ask', 2)).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN', retryable: true })
    await expect(again.resume('ask:ask@0', 2)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('comes too early where workers carry the run out', async () => {
    const store = memoryCoordinationStore()
    const queue = memoryJobQueue()
    const options = { registry: gated, store, queue, blueprints: { chat } }
    const worker = createWorker({ ...options, blueprints: [chat] })
    await betweenRounds(await new FlowRuntime(options).start(chat, undefined, { runId: 'r' }))
    open()
    await settle()
    await worker.close()
    await queue.close()
  })
})

describe('an answer by the name of a wait that was answered', () => {
  const blueprint: WorkflowBlueprint = {
    id: 'two',
    nodes: [
      { id: 'one', uses: 'wait', params: { name: 'ok' } },
      { id: 'nap', uses: 'sleep', params: { durationMs: 1000 } },
      { id: 'other', uses: 'wait', params: { name: 'ok' } },
      { id: 'last', uses: 'wait' },
    ],
    edges: [
      { source: 'one', target: 'nap' },
      { source: 'nap', target: 'other' },
      { source: 'other', target: 'last' },
    ],
  }

  it('comes too early as long as another node waits under that name later, and too late after that', async () => {
    const clock = new VirtualClock()
    const run = await new FlowRuntime({ clock }).start(blueprint)
    await settle()
    await run.resume('ok', 1)
    await expect(run.resume('ok', 2)).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN', retryable: true })
    clock.advance(1000)
    await settle()
    await run.resume('ok', 2)
    await expect(run.resume('ok', 3)).rejects.toMatchObject({ code: 'WAIT_ANSWERED', retryable: false })
  })

  it('comes too late once the loop around it has ended', async () => {
    const once: WorkflowBlueprint = {
      ...chat,
      nodes: [...chat.nodes, { id: 'last', uses: 'wait' }],
      edges: [
        { source: 'ask', target: 'say' },
        { source: 'say', target: 'ask', condition: 'result < 2' },
        { source: 'say', target: 'last', condition: 'result >= 2' },
      ],
    }
    const run = await new FlowRuntime({ registry }).start(once)
    await settle()
    await run.resume('ask', 1)
    await settle()
    await run.resume('ask', 2)
    await settle()
    await expect(run.resume('ask', 3)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('comes too early as long as the handler that asked lives, which may ask again', async () => {
    const twice: Registry = {
      call: async ({ waitFor, sleep }: NodeContext) => {
        await waitFor('go')
        await sleep('nap', 1000)
        await waitFor('go')
      },
    }
    const clock = new VirtualClock()
    const flow = { id: 'calling', nodes: [{ id: 'call', uses: 'call' }], edges: [] }
    const run = await new FlowRuntime({ clock, registry: twice }).start(flow)
    await settle()
    await run.resume('go', 1)
    await settle()
    await expect(run.resume('go', 2)).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN', retryable: true })
    clock.advance(1000)
    await settle()
    await run.resume('go', 2)
    expect((await run.result()).status).toBe('completed')
    await expect(run.resume('go', 3)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })
})

describe('the last rounds', () => {
  it('are kept for each wait, item, call and way to a child run apart', () => {
    const kept = new LastRounds<number>()
    for (let round = 0; round < 100; round++) {
      for (const behind of ['', '[1]', '+x%40/k']) kept.set(`a@3:ask@${round}${behind}`, round)
      kept.set(`hook:h@${round}~${'0'.repeat(60)}${String(round).padStart(4, '0')}`, round)
    }
    expect(kept.entries()).toHaveLength(64)
    expect([kept.get('a@3:ask@83'), kept.get('a@3:ask@84'), kept.get('a@3:ask@99')]).toEqual([undefined, 84, 99])
  })
})
