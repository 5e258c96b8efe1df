import { expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { readEvent, writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun } from '../traversal/rebuild-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const nap: NodeDefinition = { id: 'nap', uses: 'sleep', params: { durationMs: 1000 } }
const of = (...nodes: readonly NodeDefinition[]): WorkflowBlueprint => ({ id: 'naps', nodes, edges: [] })
const serializer = new SuperjsonSerializer()

const asStored = (journal: readonly RunEvent[]): RunEvent[] =>
  journal.map((event) => readEvent(serializer, event.runId, writeEvent(serializer, { ...event })))

interface Case {
  readonly blueprint: WorkflowBlueprint
  readonly registry?: Registry
  readonly end?: (run: RunHandle) => Promise<void>
  readonly status: string
}

const cases: Readonly<Record<string, Case>> = {
  'a cancel': { blueprint: of(nap), end: (run) => run.cancel(), status: 'cancelled' },
  'a cancel region': {
    blueprint: of(nap, { id: 'quick', uses: 'quick', config: { cancels: ['nap'] } }),
    registry: { quick: () => settle() },
    status: 'completed',
  },
  'another call of its handler': {
    blueprint: of({ id: 'race', uses: 'race' }),
    registry: { race: ({ sleep }: NodeContext) => Promise.race([sleep('long', 1000), sleep('short', 10)]) },
    status: 'completed',
  },
  'the next attempt of its handler': {
    blueprint: of({ id: 'again', uses: 'again', config: { retry: { maxAttempts: 2 } } }),
    registry: {
      again: async ({ sleep, attempt }: NodeContext) => {
        if (attempt === 2) return sleep('short', 10)
        await Promise.race([sleep('long', 1000), sleep('short', 10)])
        throw new Error('once more')
      },
    },
    status: 'completed',
  },
}

it.each(Object.entries(cases))(
  'a sleep that is cut off by %s is told, and its run can be rebuilt',
  async (_, given) => {
    const { blueprint, registry = {}, end, status } = given
    const clock = new VirtualClock()
    const run = await new FlowRuntime({ registry, clock }).start(blueprint, undefined, { journal: true })
    await settle()
    await end?.(run)
    await settle()
    clock.advance(20)
    expect((await run.result()).status).toBe(status)
    const journal = await run.journal()
    const told = journal.filter(({ type }) => type.startsWith('timer.')).map(({ type }) => type)
    expect(told.filter((type) => type === 'timer.cancelled')).toHaveLength(1)
    expect(told.filter((type) => type === 'timer.set')).toHaveLength(told.length / 2)
    expect(rebuildRun(blueprint, asStored(journal)).traverser.control.run.phase).toBe(status)
  },
)
