import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const line: WorkflowBlueprint = {
  id: 'line',
  nodes: [
    { id: 'a', uses: 'a' },
    { id: 'b', uses: 'b' },
    { id: 'ask', uses: 'wait' },
    { id: 'c', uses: 'c' },
  ],
  edges: [
    { source: 'a', target: 'b' },
    { source: 'b', target: 'ask' },
    { source: 'ask', target: 'c' },
  ],
  policy: { context: { log: { reducer: 'append' } } },
}

function registryOf(calls: string[]): Registry {
  const handler = ({ nodeId, input, context }: NodeContext): string => {
    calls.push(nodeId)
    context.set('log', nodeId)
    return `${nodeId}(${typeof input === 'string' ? input : Object.keys(input ?? {}).join('+')})`
  }
  return { a: handler, b: handler, c: handler, d: handler }
}

async function finished(): Promise<{ runtime: FlowRuntime; calls: string[]; journal: readonly RunEvent[] }> {
  const calls: string[] = []
  const runtime = new FlowRuntime({
    registry: registryOf(calls),
    store: memoryJournalStore(),
    clock: new VirtualClock(),
  })
  const run = await runtime.start(line, 'x', { runId: 'r' })
  await run.resume('ask', 'yes')
  await run.result()
  return { runtime, calls, journal: await run.journal() }
}

function seqOf(journal: readonly RunEvent[], type: string, nodeId: string): number {
  return journal.find((event) => event.type === type && 'nodeId' in event && event.nodeId === nodeId)?.seq ?? 0
}

describe('a fork', () => {
  it('begins where the run stood, and leaves the run as it is', async () => {
    const { runtime, calls, journal } = await finished()
    const fork = await runtime.fork(line, 'r', { at: seqOf(journal, 'node.completed', 'a'), runId: 'f' })
    await fork.status()
    expect(calls).toEqual(['a', 'b', 'c', 'b'])
    await fork.resume('ask', 'no')
    expect(await fork.result()).toMatchObject({
      status: 'completed',
      output: 'c(no)',
      context: { log: ['a', 'b', 'c'] },
    })
    expect((await runtime.open(line, 'r').result()).output).toBe('c(yes)')
    const events = await fork.journal()
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    expect(events.find(({ type }) => type === 'run.forked')).toMatchObject({ fromRunId: 'r', runId: 'f' })
  })

  it('takes other shared values and outputs', async () => {
    const { runtime, journal } = await finished()
    const fork = await runtime.fork(line, 'r', {
      at: seqOf(journal, 'node.completed', 'a'),
      runId: 'f',
      outputs: { a: 'patched' },
      context: { log: ['other'] },
    })
    await fork.status()
    await fork.resume('ask')
    expect(await fork.result()).toMatchObject({
      outputs: { a: 'patched', b: 'b(patched)' },
      context: { log: ['other', 'b', 'c'] },
    })
  })

  it('runs on with the recorded outcomes if that is wanted', async () => {
    const { runtime, calls, journal } = await finished()
    const at = seqOf(journal, 'node.completed', 'a')
    const fork = await runtime.fork(line, 'r', { at, runId: 'f', replay: 'recorded' })
    expect(await fork.result()).toMatchObject({ status: 'completed', output: 'c(yes)' })
    expect(calls).toEqual(['a', 'b', 'c'])
  })

  it('is itself durable, and can be forked again', async () => {
    const { runtime, journal } = await finished()
    await runtime.fork(line, 'r', { at: seqOf(journal, 'node.completed', 'a'), runId: 'f' })
    const first = runtime.open(line, 'f')
    await first.status()
    const again = await runtime.fork(line, 'f', { at: (await first.journal()).length, runId: 'g' })
    await again.status()
    await again.resume('ask', 'maybe')
    expect((await again.result()).output).toBe('c(maybe)')
  })

  it.each([
    ['an event that the run does not have', { at: 9999, runId: 'f' }, 'INVALID_OPTION'],
    ['the end of the run', { at: -1, runId: 'f' }, 'INVALID_OPTION'],
    ['the id of another run', { at: 2, runId: 'r' }, 'RUN_CONFLICT'],
    ['the output of a node that had not completed', { at: 2, runId: 'f', outputs: { c: 1 } }, 'INVALID_OPTION'],
  ])('is refused with %s', async (_what, options, code) => {
    const { runtime, journal } = await finished()
    const at = options.at === -1 ? journal.length : options.at
    await expect(runtime.fork(line, 'r', { ...options, at })).rejects.toMatchObject({ code })
  })
})

/** The same store in another process. */
async function reopened(
  runtime: FlowRuntime,
  store: ReturnType<typeof memoryJournalStore>,
  calls: string[],
): Promise<FlowRuntime> {
  const entries = (await store.readEntries('r', 0, 1000)) ?? []
  await runtime.close()
  const next = memoryJournalStore()
  const journal = await next.create('r')
  void journal.append(entries)
  await journal.close()
  return new FlowRuntime({ registry: registryOf(calls), store: next })
}

/** The run waits at `ask`. */
async function waiting(): Promise<{ runtime: FlowRuntime; calls: string[] }> {
  const store = memoryJournalStore()
  const calls: string[] = []
  const runtime = new FlowRuntime({ registry: registryOf(calls), store })
  await runtime.run(line, 'x', { runId: 'r' })
  await runtime.open(line, 'r').status()
  return { runtime: await reopened(runtime, store, calls), calls }
}

describe('a migration', () => {
  it('carries what was done over to a definition with renamed and new nodes, and goes on there', async () => {
    const { runtime, calls } = await waiting()
    const renamed: WorkflowBlueprint = {
      ...line,
      nodes: [
        { id: 'first', uses: 'a' },
        { id: 'b', uses: 'b' },
        { id: 'question', uses: 'wait', params: { name: 'ask' } },
        { id: 'c', uses: 'c' },
        { id: 'd', uses: 'd' },
      ],
      edges: [
        { source: 'first', target: 'b' },
        { source: 'b', target: 'question' },
        { source: 'question', target: 'c' },
        { source: 'b', target: 'd' },
        { source: 'd', target: 'c' },
      ],
    }
    await expect(runtime.open(renamed, 'r').status()).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    const run = runtime.open(renamed, 'r', { migrate: { map: { a: 'first', ask: 'question' } } })
    await run.resume('ask', 'yes')
    expect(await run.result()).toMatchObject({
      status: 'completed',
      outputs: { first: 'a(x)', b: 'b(a(x))', question: 'yes' },
      context: { log: ['a', 'b', 'd', 'c'] },
    })
    expect(calls).toEqual(['a', 'b', 'd', 'c'])
    expect((await run.journal()).find(({ type }) => type === 'run.migrated')).toBeDefined()
    expect((await runtime.open(renamed, 'r').result()).status).toBe('completed')
  })

  it('is refused with the reasons if a live visit would lose its place', async () => {
    const { runtime } = await waiting()
    const without: WorkflowBlueprint = {
      ...line,
      nodes: line.nodes.filter(({ id }) => id !== 'ask'),
      edges: [
        { source: 'a', target: 'b' },
        { source: 'b', target: 'c' },
      ],
    }
    const refused = runtime.open(without, 'r', { migrate: {} })
    await expect(refused.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('"ask"')] },
    })
    const later: WorkflowBlueprint = {
      ...line,
      nodes: [...line.nodes, { id: 'd', uses: 'd' }],
      edges: [
        { source: 'a', target: 'b' },
        { source: 'b', target: 'd' },
        { source: 'd', target: 'ask' },
        { source: 'ask', target: 'c' },
      ],
    }
    await expect(runtime.open(later, 'r', { migrate: {} }).status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
    })
    const kept = runtime.open(line, 'r')
    await kept.resume('ask', 'yes')
    expect((await kept.result()).output).toBe('c(yes)')
  })
})
