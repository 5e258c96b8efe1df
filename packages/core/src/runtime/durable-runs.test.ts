import { describe, expect, it } from 'vitest'
import { processOn } from '../../test/machines.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const pair: WorkflowBlueprint = {
  id: 'pair',
  nodes: [
    { id: 'a', uses: 'f' },
    { id: 'b', uses: 'f' },
  ],
  edges: [{ source: 'a', target: 'b' }],
}

const approvals: WorkflowBlueprint = {
  id: 'approvals',
  nodes: [
    { id: 'draft', uses: 'draft' },
    { id: 'legal', uses: 'wait' },
    { id: 'finance', uses: 'wait' },
    { id: 'publish', uses: 'publish' },
  ],
  edges: [
    { source: 'draft', target: 'legal' },
    { source: 'draft', target: 'finance' },
    { source: 'legal', target: 'publish' },
    { source: 'finance', target: 'publish' },
  ],
}

function counting(calls: string[]): Registry {
  return {
    draft: ({ input, nodeId }: NodeContext) => {
      calls.push(nodeId)
      return `draft of ${String(input)}`
    },
    publish: ({ deps, nodeId }: NodeContext) => {
      calls.push(nodeId)
      return { ...deps }
    },
  }
}

describe('a durable run', () => {
  it('goes on in another process from its journal alone, and calls no handler again that had completed', async () => {
    const journals: MemoryJournals = new Map()
    const calls: string[] = []
    const options = { registry: counting(calls) }
    const first = await processOn(journals, options).run(approvals, 'x', { runId: 'r' })
    expect(first.status).toBe('awaiting')

    const second = processOn(journals, options).open(approvals, 'r')
    expect((await second.waits()).map(({ name }) => name).sort()).toEqual(['finance', 'legal'])
    await second.resume('legal', { ok: 1 })

    const third = processOn(journals, options).open(approvals, 'r')
    expect((await third.waits()).map(({ name }) => name)).toEqual(['finance'])
    await expect(third.resume('legal', { ok: 2 })).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await third.resume('finance', { ok: 3 })
    expect(await third.result()).toMatchObject({
      status: 'completed',
      output: { legal: { ok: 1 }, finance: { ok: 3 } },
    })
    expect(calls).toEqual(['draft', 'publish'])
  })

  it('answers its result in a process that opens it after its end', async () => {
    const journals: MemoryJournals = new Map()
    const options = { registry: { f: () => new Map([['a', 1n]]) } }
    await processOn(journals, options).run(pair, undefined, { runId: 'r' })
    const result = await processOn(journals, options).open(pair, 'r').result()
    expect(result).toMatchObject({ status: 'completed', output: new Map([['a', 1n]]) })
  })

  it('is the same run when it is started again under its id, here or in another process', async () => {
    const journals: MemoryJournals = new Map()
    const calls: string[] = []
    const options = { registry: counting(calls) }
    const runtime = processOn(journals, options)
    await runtime.start(approvals, 'x', { runId: 'r' })
    await runtime.start(approvals, 'x', { runId: 'r' })
    const again = await processOn(journals, options).start(approvals, 'x', { runId: 'r' })
    await again.resume('legal')
    expect(calls).toEqual(['draft'])
    await expect(runtime.start(approvals, 'y', { runId: 'r' })).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
    const other = { ...approvals, version: '2' }
    const elsewhere = processOn(journals, options)
    await expect(elsewhere.start(other, 'x', { runId: 'r' })).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
    await expect(elsewhere.start(approvals, 'y', { runId: 'r' })).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
  })

  it('is refused with another definition, and unknown under another id', async () => {
    const journals: MemoryJournals = new Map()
    const options = { registry: counting([]) }
    await processOn(journals, options).run(approvals, 'x', { runId: 'r' })
    const runtime = processOn(journals, options)
    const changed = runtime.open({ ...approvals, version: '2' }, 'r')
    await expect(changed.status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    await expect(runtime.open(approvals, 'q').result()).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    await expect(runtime.open('r').result()).rejects.toMatchObject({ code: 'UNKNOWN_BLUEPRINT' })
    expect(await runtime.open(approvals, 'r').status()).toBe('awaiting')
  })

  it('tells the events of all processes in one order without a gap, and marks where one took it over', async () => {
    const journals: MemoryJournals = new Map()
    const options = { registry: counting([]) }
    await processOn(journals, options).run(approvals, 'x', { runId: 'r' })
    const run = processOn(journals, options).open(approvals, 'r')
    const types: string[] = []
    const seqs: number[] = []
    const told = (async () => {
      for await (const event of run.events()) {
        types.push(event.type)
        seqs.push(event.seq)
      }
    })()
    await run.resume('legal')
    await run.resume('finance')
    await told
    expect(seqs).toEqual(seqs.map((_, at) => at + 1))
    expect(types[0]).toBe('run.started')
    expect(types).toContain('run.resumed')
    expect(types.at(-1)).toBe('run.completed')
    expect((await run.journal()).map(({ type }) => type)).toEqual(types)
  })

  it('writes an outcome with the beginning of the one attempt that follows it, before its handler is called', async () => {
    const log: string[] = []
    const store = memoryJournalStore()
    const create = store.create.bind(store)
    store.create = async (runId) => {
      const journal = await create(runId)
      const append = journal.append.bind(journal)
      journal.append = (entries) => {
        const names = entries.map(({ fact }) => `${fact.type} ${(fact['nodeId'] as string | undefined) ?? ''}`.trim())
        log.push(names.join(', '))
        return append(entries)
      }
      return journal
    }
    const registry = { f: async ({ nodeId }: NodeContext) => log.push(`call ${nodeId}`) }
    await new FlowRuntime({ registry, store }).run(pair)
    expect(log).toEqual([
      'run.started, node.ready a',
      'node.started a',
      'call a',
      'node.completed a, edge.taken, node.ready b, node.started b',
      'call b',
      'node.completed b, run.completed',
    ])
  })
})

describe('after a restart', () => {
  it('a timer that was missed fires at once, and one that is not due waits out the rest of its time', async () => {
    const journals: MemoryJournals = new Map()
    const clock = new VirtualClock()
    const day = 86_400_000
    const blueprint: WorkflowBlueprint = {
      id: 'sleeps',
      nodes: [
        { id: 'short', uses: 'sleep', params: { durationMs: day } },
        { id: 'long', uses: 'sleep', params: { durationMs: 30 * day } },
        { id: 'after', uses: 'f' },
      ],
      edges: [
        { source: 'short', target: 'after' },
        { source: 'long', target: 'after' },
      ],
    }
    const options = { registry: { f: () => clock.now() }, clock, blueprints: { sleeps: blueprint } }
    await processOn(journals, options).start(blueprint, undefined, { runId: 'r' })
    const began = clock.now()
    // The first process is gone: nothing of it may act any more.
    const left = processOn(journals, options)
    clock.advance(2 * day)
    const [run] = await left.recover()
    expect(run?.runId).toBe('r')
    await run?.status()
    const journal = (await run?.journal()) ?? []
    expect(journal.filter(({ type }) => type === 'timer.fired')).toHaveLength(1)
    clock.advance(28 * day)
    expect(await run?.result()).toMatchObject({ status: 'completed', output: began + 30 * day })
  })

  it('timers that were missed fire in the order in which they were due', async () => {
    const journals: MemoryJournals = new Map()
    const order: string[] = []
    const registry = { next: ({ nodeId }: NodeContext) => order.push(nodeId) }
    const sleeps = [5000, 3000, 4000, 1000].map((durationMs) => ({ id: `after-${durationMs}`, durationMs }))
    const blueprint: WorkflowBlueprint = {
      id: 'sleeps',
      nodes: sleeps.flatMap(({ id, durationMs }) => [
        { id: `sleep-${id}`, uses: 'sleep', params: { durationMs } },
        { id, uses: 'next' },
      ]),
      edges: sleeps.map(({ id }) => ({ source: `sleep-${id}`, target: id })),
    }
    await processOn(journals, { registry, clock: new VirtualClock() }).start(blueprint, undefined, { runId: 'r' })
    await settle()
    const clock = new VirtualClock()
    clock.advance(10_000)
    const run = processOn(journals, { registry, clock }).open(blueprint, 'r')
    expect(await whileTimePasses(clock, run.result())).toMatchObject({ status: 'completed' })
    expect(order).toEqual(['after-1000', 'after-3000', 'after-4000', 'after-5000'])
  })

  it('an attempt that was under way is made again, and counts as lost', async () => {
    const journals: MemoryJournals = new Map()
    let attempts = 0
    const hangs: Registry = {
      f: () => {
        attempts++
        return new Promise<never>(() => {
          // It hangs until its process ends.
        })
      },
    }
    for (let crash = 0; crash < 6; crash++) {
      await processOn(journals, { registry: hangs }).start(pair, 1, { runId: 'r' })
    }
    expect(attempts).toBe(6)
    const result = await processOn(journals, { registry: { f: () => 'ok' } }).run(pair, 1, { runId: 'r' })
    expect(result.status).toBe('failed')
    expect(result.errors[0]).toMatchObject({ code: 'ATTEMPT_LOST', details: { visit: 'a', lost: 6 } })
  })

  it('an attempt is lost as often as the limits of its runtime allow', async () => {
    const journals: MemoryJournals = new Map()
    const hangs: Registry = { f: () => new Promise<never>(() => {}) }
    const limits = { maxLostAttempts: 1 }
    await processOn(journals, { registry: hangs, limits }).start(pair, 1, { runId: 'r' })
    const again = await processOn(journals, { registry: hangs, limits }).start(pair, 1, { runId: 'r' })
    expect(await again.status()).toBe('running')
    const result = await processOn(journals, { registry: { f: () => 'ok' }, limits }).run(pair, 1, { runId: 'r' })
    expect(result.errors[0]).toMatchObject({ code: 'ATTEMPT_LOST', details: { visit: 'a', lost: 2 } })
  })

  it('its deadline counts from its start', async () => {
    const journals: MemoryJournals = new Map()
    const clock = new VirtualClock()
    const options = { registry: {}, clock }
    const blueprint: WorkflowBlueprint = { id: 'w', nodes: [{ id: 'w', uses: 'wait' }], edges: [] }
    await processOn(journals, options).start(blueprint, undefined, { runId: 'r', deadlineMs: 1000 })
    clock.advance(600)
    const run = await processOn(journals, options).start(blueprint, undefined, { runId: 'r' })
    clock.advance(399)
    expect(await run.status()).toBe('awaiting')
    clock.advance(1)
    expect(await run.result()).toMatchObject({ status: 'failed', errors: [{ code: 'RUN_DEADLINE' }] })
  })

  it('the retry of a failed attempt comes when it was due', async () => {
    const journals: MemoryJournals = new Map()
    const clock = new VirtualClock()
    let calls = 0
    const registry: Registry = {
      f: ({ attempt }: NodeContext) => {
        calls++
        if (attempt === 1) throw new Error('once')
        return clock.now()
      },
    }
    const retry = { maxAttempts: 2, backoff: { type: 'fixed' as const, delayMs: 1000 } }
    const blueprint: WorkflowBlueprint = { id: 'w', nodes: [{ id: 'a', uses: 'f', config: { retry } }], edges: [] }
    const began = clock.now()
    await processOn(journals, { registry, clock }).start(blueprint, undefined, { runId: 'r' })
    clock.advance(400)
    const run = processOn(journals, { registry, clock }).open(blueprint, 'r')
    await run.status()
    clock.advance(600)
    expect(await run.result()).toMatchObject({ status: 'completed', output: began + 1000 })
    expect(calls).toBe(2)
  })

  it('child runs go on from journals of their own, and their waits are answered through the parent', async () => {
    const journals: MemoryJournals = new Map()
    const child: WorkflowBlueprint = {
      id: 'child',
      nodes: [
        { id: 'ask', uses: 'wait' },
        { id: 'shout', uses: 'shout' },
      ],
      edges: [{ source: 'ask', target: 'shout' }],
    }
    const parent: WorkflowBlueprint = {
      id: 'parent',
      nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } }],
      edges: [],
    }
    const options = {
      registry: { shout: ({ input }: NodeContext) => `${String(input)}!` },
      blueprints: { child, parent },
    }
    await processOn(journals, options).run(parent, 1, { runId: 'p' })
    expect(journals.size).toBe(2)
    const runtime = processOn(journals, options)
    const run = runtime.open(parent, 'p')
    await run.status()
    expect((await run.waits()).map(({ name }) => name)).toEqual(['ask'])
    await run.resume('ask', 'hey')
    expect(await run.result()).toMatchObject({ status: 'completed', output: 'hey!' })
    expect((await processOn(journals, options).open(parent, 'p').result()).output).toBe('hey!')
  })
})
