import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { expand, route } from '../model/node-result.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { IClock } from '../ports/clock.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { diffRuns } from '../traversal/diff-runs.ts'
import { exportRun, importRun } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const calls: string[] = []

/** Each handler does something that the next call would do otherwise. */
const registry: Registry = {
  write: ({ nodeId, context }: NodeContext) => {
    calls.push(nodeId)
    context.set('log', nodeId)
    context.update('count', (count) => Number(count ?? 0) + calls.length)
    return calls.length
  },
  choose: ({ nodeId }: NodeContext) => {
    calls.push(nodeId)
    return route(calls.length < 10 ? 'left' : 'right', calls.length)
  },
  grow: ({ nodeId }: NodeContext) => {
    calls.push(nodeId)
    const edges = [{ source: nodeId, target: `new-${calls.length}` }]
    return expand({ nodes: [{ id: `new-${calls.length}`, uses: 'write' }], edges }, 'grown')
  },
  items: ({ nodeId }: NodeContext) => {
    calls.push(nodeId)
    return [calls.length, calls.length]
  },
  each: ({ item, index, context }: NodeContext) => {
    calls.push(`item ${index}`)
    context.set('log', `item ${index}`)
    return Number(item) + calls.length
  },
  never: ({ nodeId }: NodeContext) => {
    calls.push(`when of ${nodeId}`)
    return calls.length > 10
  },
  fail: ({ nodeId }: NodeContext) => {
    calls.push(nodeId)
    throw new Error(`${nodeId} fails for the ${calls.length}th time`)
  },
  asks: async ({ nodeId, step, waitFor }: NodeContext) => {
    const made = await step('make', () => calls.push(nodeId))
    return [made, await waitFor('question')]
  },
}

const blueprint: WorkflowBlueprint = {
  id: 'w',
  nodes: [
    { id: 'a', uses: 'write' },
    { id: 'choice', uses: 'choose' },
    { id: 'left', uses: 'write' },
    { id: 'right', uses: 'write' },
    { id: 'grow', uses: 'grow' },
    { id: 'map', uses: 'map', params: { over: 'items', each: 'each' } },
    { id: 'never', uses: 'write', params: { $when: 'never' } },
    { id: 'fails', uses: 'fail', config: { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 1 } } } },
    { id: 'failed', uses: 'write' },
    { id: 'wait', uses: 'wait' },
    { id: 'asks', uses: 'asks' },
    { id: 'nap', uses: 'sleep', params: { durationMs: 5 } },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
    { id: 'any', uses: 'write', config: { joinStrategy: 'any' } },
    { id: 'end', uses: 'write' },
  ],
  edges: [
    { source: 'a', target: 'choice' },
    { source: 'choice', target: 'left', action: 'left' },
    { source: 'choice', target: 'right', action: 'right' },
    { source: 'a', target: 'grow' },
    { source: 'a', target: 'map' },
    { source: 'a', target: 'never' },
    { source: 'a', target: 'fails' },
    { source: 'fails', target: 'failed', on: 'error', transform: 'result.message' },
    { source: 'a', target: 'wait' },
    { source: 'a', target: 'asks' },
    { source: 'a', target: 'nap' },
    { source: 'a', target: 'sub' },
    { source: 'wait', target: 'any' },
    { source: 'nap', target: 'any', transform: 'result + 1' },
    { source: 'left', target: 'end' },
    { source: 'sub', target: 'end' },
  ],
  policy: { context: { log: { reducer: 'append' } } },
}

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'one', uses: 'write' }], edges: [] }

function endOf({ status, outputs, context, skipped, errors }: WorkflowResult): object {
  return {
    status,
    outputs: { ...outputs },
    context: { ...context },
    skipped,
    errors: errors.map(({ message }) => message),
  }
}

interface Finished {
  readonly runtime: FlowRuntime
  readonly result: WorkflowResult
  readonly journal: readonly RunEvent[]
}

async function finished(): Promise<Finished> {
  calls.length = 0
  const clock = new VirtualClock()
  const runtime = new FlowRuntime({ registry, blueprints: { child }, store: memoryJournalStore(), clock })
  const run = await runtime.start(blueprint, undefined, { runId: 'r' })
  await settle()
  await run.resume('wait', 'the first of both')
  await run.resume('question', 'an answer')
  const result = await whileTimePasses(clock, run.result())
  return { runtime, result, journal: await run.journal() }
}

describe('a fork with recorded outcomes', () => {
  it('comes to the same as its run wherever it leaves it, and calls no handler', async () => {
    const { runtime, result, journal } = await finished()
    expect(result.status).toBe('completed')
    const called = [...calls]
    const ends = journal.flatMap(({ type, seq }) => (type === 'node.completed' ? [seq] : []))
    for (let at = 1; at < (ends.at(-1) ?? 0); at++) {
      const fork = await runtime.fork(blueprint, 'r', { at, runId: `f${at}`, replay: 'recorded' })
      expect({ at, end: endOf(await fork.result()) }).toEqual({ at, end: endOf(result) })
      expect({ at, calls }).toEqual({ at, calls: called })
    }
  })

  it('calls the handlers of visits that only the fork has', async () => {
    const gate: WorkflowBlueprint = {
      id: 'gate',
      nodes: ['a', 'b', 'c'].map((id) => ({ id, uses: 'say' })),
      edges: [
        { source: 'a', target: 'b', condition: 'context.go' },
        { source: 'a', target: 'c' },
      ],
    }
    const said: string[] = []
    const say = ({ nodeId }: NodeContext): number => said.push(nodeId)
    const runtime = new FlowRuntime({ registry: { say }, store: memoryJournalStore() })
    const run = await runtime.start(gate, undefined, { runId: 'r', context: { go: false } })
    await run.result()
    const fork = await runtime.fork(gate, 'r', { at: 1, runId: 'f', replay: 'recorded', context: { go: true } })
    expect((await fork.result()).outputs).toEqual({ a: 1, b: 3, c: 2 })
    expect(said).toEqual(['a', 'c', 'b'])
  })
})

describe('what a fork with recorded outcomes waits for', () => {
  it('is nothing, where its visits come in the order of their outcomes', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `n${index}`)
    const nodes = ids.map((id) => ({ id, uses: 'say' }))
    const chain = ids.slice(1, 25).map((target, index) => ({ source: `n${index}`, target }))
    const fan = ids.slice(25).map((target) => ({ source: 'n24', target }))
    let turns = 0
    const yieldTurn = (callback: () => void): void => {
      turns++
      setImmediate(callback)
    }
    const said: Registry = { say: ({ nodeId }: NodeContext) => nodeId }
    const runtime = new FlowRuntime({
      registry: said,
      store: memoryJournalStore(),
      clock: new VirtualClock(),
      yieldTurn,
    })
    const wide: WorkflowBlueprint = { id: 'wide', nodes, edges: [...chain, ...fan] }
    const result = await runtime.run(wide, undefined, { runId: 'r' })
    turns = 0
    const fork = await runtime.fork(wide, 'r', { at: 1, runId: 'f', replay: 'recorded' })
    expect((await fork.result()).outputs).toEqual(result.outputs)
    expect(turns).toBe(0)
  })
})

describe('a recorded fork of a map that has failed', () => {
  it('calls no handler of an item that was cut off, though its items begin in several turns', async () => {
    let time = 0
    // Some looks at it take so long that others are to have their turn.
    const clock: IClock = { now: () => (time += 6), schedule: () => () => undefined }
    const called: string[] = []
    const each = ({ item, runId }: NodeContext): unknown => {
      called.push(`${runId} ${String(item)}`)
      if (item === 9) throw new Error('as ever')
      return runId === 'f' ? item : new Promise(() => {})
    }
    const runtime = new FlowRuntime({ registry: { each }, store: memoryJournalStore(), clock })
    const mapped: WorkflowBlueprint = {
      id: 'm',
      nodes: [{ id: 'm', uses: 'map', params: { each: 'each' } }],
      edges: [],
    }
    const run = await runtime.start(mapped, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { runId: 'r' })
    await run.result()
    const fork = await runtime.fork(mapped, 'r', { at: 1, runId: 'f', replay: 'recorded' })
    expect((await fork.result()).status).toBe('failed')
    expect(called.filter((call) => call.startsWith('f'))).toEqual([])
    expect([...diffRuns(await run.journal(), await fork.journal()).visits]).toEqual([])
  })
})

describe('a fork', () => {
  it('leaves its id free when it is refused', async () => {
    const { runtime, journal } = await finished()
    const at = journal.find(({ type }) => type === 'node.completed')?.seq ?? 0
    const refused: readonly [Partial<Parameters<FlowRuntime['fork']>[2]>, string][] = [
      [{ context: 5 as never }, 'INVALID_OPTION'],
      [{ outputs: [] as never }, 'INVALID_OPTION'],
      [{ replay: 'records' as never }, 'INVALID_OPTION'],
      [{ context: { k: () => 1 } }, 'NOT_SERIALISABLE'],
      [{ outputs: { a: () => 1 } }, 'NOT_SERIALISABLE'],
      [{ outputs: { end: 1 } }, 'INVALID_OPTION'],
    ]
    for (const [options, code] of refused) {
      await expect(runtime.fork(blueprint, 'r', { at, runId: 'f', ...options })).rejects.toMatchObject({ code })
    }
    const other = { ...blueprint, version: '2' }
    await expect(runtime.fork(other, 'r', { at, runId: 'f' })).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    const fork = await runtime.fork(blueprint, 'r', { at, runId: 'f', replay: 'recorded' })
    expect((await fork.result()).status).toBe('completed')
  })

  it('begins child runs of its own, and tells of those only', async () => {
    const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
    const nodes = [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'asking' } }]
    const parent: WorkflowBlueprint = { id: 'parent', nodes, edges: [] }
    const store = memoryJournalStore()
    const runtime = new FlowRuntime({ registry, blueprints: { asking, parent }, store })
    const run = await runtime.start(parent, undefined, { runId: 'p' })
    await settle()
    const fork = await runtime.fork(parent, 'p', { at: (await run.journal()).length, runId: 'f' })
    await fork.status()
    await settle()
    expect((await runtime.explain(parent, 'f')).reasons).toHaveLength(1)
    const [own, ...others] = (await exportRun(store, 'f')).children.filter(({ entries }) =>
      entries.some(({ fact }) => fact['parentRunId'] === 'f'),
    )
    expect([own?.entries[0]?.fact.type, others]).toEqual(['run.started', []])
  })

  it('of a run that was migrated has the definition that the run had there', async () => {
    const before: WorkflowBlueprint = { id: 'm', nodes: [{ id: 'x', uses: 'wait' }], edges: [] }
    const after: WorkflowBlueprint = { id: 'm', nodes: [{ id: 'y', uses: 'wait' }], edges: [] }
    const first = memoryJournalStore()
    await new FlowRuntime({ registry, store: first }).run(before, undefined, { runId: 'm' })
    const store = memoryJournalStore()
    await importRun(store, await exportRun(first, 'm'))
    const later = new FlowRuntime({ registry, store })
    const run = later.open(after, 'm', { migrate: { map: { x: 'y' } } })
    const migrated = (await run.journal()).find(({ type }) => type === 'run.migrated')?.seq ?? 0
    const at = migrated - 1
    await expect(later.fork(after, 'm', { at, runId: 'f' })).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    await expect(later.fork(before, 'm', { at: migrated, runId: 'f' })).rejects.toMatchObject({
      code: 'DEFINITION_MISMATCH',
    })
    const early = await later.fork(before, 'm', { at, runId: 'f' })
    await early.resume('x', 1)
    expect((await early.result()).outputs).toEqual({ x: 1 })
    const late = await later.fork(after, 'm', { at: migrated, runId: 'g' })
    await late.resume('x', 1)
    expect((await late.result()).outputs).toEqual({ y: 1 })
  })
})
