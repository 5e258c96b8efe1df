import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const inner: WorkflowBlueprint = { id: 'inner', nodes: [{ id: 'sign', uses: 'wait' }], edges: [] }

const blueprint: WorkflowBlueprint = {
  id: 'outer',
  nodes: [
    { id: 'ask', uses: 'wait' },
    { id: 'nap', uses: 'sleep', params: { durationMs: 60_000 } },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'inner' } },
    { id: 'hang', uses: 'hang' },
    { id: 'shaky', uses: 'shaky', config: { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 5000 } } } },
    { id: 'quick', uses: 'quick' },
    { id: 'end', uses: 'quick' },
  ],
  edges: ['ask', 'nap', 'sub', 'hang', 'shaky', 'quick'].map((source) => ({ source, target: 'end' })),
}

function runtimeOn(journals: MemoryJournals, clock: VirtualClock, attempts: string[] = []): FlowRuntime {
  const noted = ({ nodeId }: NodeContext): void => void attempts.push(nodeId)
  return new FlowRuntime({
    clock,
    store: memoryJournalStore({ journals }),
    blueprints: { inner },
    registry: {
      hang: (context: NodeContext) => {
        noted(context)
        return new Promise(() => {})
      },
      shaky: (context: NodeContext) => {
        noted(context)
        throw new Error('not yet')
      },
      quick: noted,
    },
  })
}

describe('a run that is explained by its journal alone', () => {
  it('tells everything that it waits for, in child runs too, and nothing of it goes on', async () => {
    const [journals, clock, attempts]: [MemoryJournals, VirtualClock, string[]] = [new Map(), new VirtualClock(), []]
    await runtimeOn(journals, clock, attempts).start(blueprint, undefined, { runId: 'r' })
    await settle()
    const before = [...attempts]
    const { status, reasons } = await runtimeOn(journals, clock, attempts).explain(blueprint, 'r')
    expect(status).toBe('running')
    expect(reasons).toMatchObject([
      { type: 'running', nodeId: 'hang', attempt: 1 },
      { type: 'backoff', nodeId: 'shaky', attempt: 2, maxAttempts: 3, due: clock.now() + 5000 },
      { type: 'timer', nodeId: 'nap', due: clock.now() + 60_000 },
      { type: 'child', nodeId: 'sub', explanation: { status: 'awaiting', reasons: [{ type: 'wait', name: 'sign' }] } },
      { type: 'wait', waitId: 'ask:ask' },
      { type: 'join', nodeId: 'end' },
    ])
    const join = reasons.at(-1)
    expect(join?.type === 'join' && join.edges.map(({ source, sourceStatus }) => `${source} ${sourceStatus}`)).toEqual([
      'ask waiting',
      'nap waiting',
      'sub waiting',
      'hang running',
      'shaky ready',
    ])
    expect(attempts).toEqual(before)
  })

  it('tells of its end when it has ended, and is refused with another definition', async () => {
    const [journals, clock]: [MemoryJournals, VirtualClock] = [new Map(), new VirtualClock()]
    const run = await runtimeOn(journals, clock).start(blueprint, undefined, { runId: 'r' })
    await run.cancel('enough')
    await run.result()
    const runtime = runtimeOn(journals, clock)
    expect(await runtime.explain(blueprint, 'r')).toMatchObject({
      status: 'cancelled',
      reasons: [{ type: 'ended', status: 'cancelled' }],
    })
    const other = runtime.explain({ ...blueprint, version: '2' }, 'r')
    await expect(other).rejects.toMatchObject({ code: 'DEFINITION_MISMATCH' })
    await expect(runtime.explain(blueprint, 'q')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' })
    await expect(new FlowRuntime().explain(blueprint, 'r')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
