import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const line: WorkflowBlueprint = {
  id: 'line',
  nodes: [
    { id: 'first', uses: 'asks' },
    { id: 'next', uses: 'asks' },
  ],
  edges: [{ source: 'first', target: 'next' }],
}

const renamed: WorkflowBlueprint = {
  ...line,
  version: '2',
  nodes: [
    { id: 'one', uses: 'asks' },
    { id: 'two', uses: 'asks' },
  ],
  edges: [{ source: 'one', target: 'two' }],
}

interface Halfway {
  readonly runtime: FlowRuntime
  readonly journals: MemoryJournals
  readonly registry: Registry
  /** The nodes whose step was run. */
  readonly steps: readonly string[]
}

/** A run whose first node is over, and whose second one has recorded a step and waits for two answers, one of which it got. */
async function halfway(): Promise<Halfway> {
  const steps: string[] = []
  const asks = async ({ nodeId, input, step, waitFor }: NodeContext): Promise<unknown> => {
    const kept = await step('kept', () => {
      steps.push(nodeId)
      return String(input)
    })
    const answers = await Promise.all([waitFor('x'), waitFor('y')])
    return [kept, ...answers].join(' ')
  }
  const journals: MemoryJournals = new Map()
  const registry = { asks }
  const runtime = new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
  const run = await runtime.start(line, 'in', { runId: 'r' })
  for (const [name, answer] of [
    ['x', 1],
    ['y', 2],
    ['x', 3],
  ] as const) {
    await settle()
    await run.resume(name, answer)
  }
  await settle()
  return { runtime, journals, registry, steps }
}

describe('a run whose handler waits for durable calls', () => {
  it('keeps what they recorded when it is migrated', async () => {
    const { runtime, journals, steps, registry } = await halfway()
    await runtime.close()
    const later = new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    const run = later.open(renamed, 'r', { migrate: { map: { first: 'one', next: 'two' } } })
    await run.status()
    await settle()
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['y:two'])
    await run.resume('y', 4)
    expect(await run.result()).toMatchObject({ status: 'completed', output: 'in 1 2 3 4' })
    expect(steps).toEqual(['first', 'next'])
  })

  it('can be forked where it stands', async () => {
    const { runtime, steps } = await halfway()
    const at = (await runtime.open(line, 'r').journal()).length
    const fork = await runtime.fork(line, 'r', { at, runId: 'f' })
    await fork.status()
    await settle()
    expect((await fork.waits()).map(({ waitId }) => waitId)).toEqual(['y:next'])
    await fork.resume('y', 4)
    expect(await fork.result()).toMatchObject({ status: 'completed', output: 'in 1 2 3 4' })
    expect(steps).toEqual(['first', 'next'])
  })

  it('has child runs of its own in a fork, which may end in another process', async () => {
    const parent: WorkflowBlueprint = { id: 'parent', nodes: [{ id: 'p', uses: 'p' }], edges: [] }
    const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
    const journals: MemoryJournals = new Map()
    const processOf = (): FlowRuntime =>
      new FlowRuntime({
        registry: {
          p: async ({ invoke, waitFor }: NodeContext) => [await invoke('sub', 'child'), await waitFor('end')],
        },
        blueprints: { parent, child },
        store: memoryJournalStore({ journals }),
      })
    const runtime = processOf()
    const run = await runtime.start(parent, undefined, { runId: 'r' })
    await settle()
    const fork = await runtime.fork(parent, 'r', { at: (await run.journal()).length, runId: 'f' })
    await fork.status()
    await settle()
    await fork.resume('ask', 'of the fork')
    await settle()
    await runtime.close()
    const later = processOf()
    const again = later.open(parent, 'f')
    await again.status()
    await settle()
    expect((await again.waits()).map(({ waitId }) => waitId)).toEqual(['end:p'])
    await again.resume('end', 'ended')
    expect((await again.result()).output).toEqual(['of the fork', 'ended'])
    const original = later.open(parent, 'r')
    await original.status()
    await settle()
    expect((await original.waits()).map(({ waitId }) => waitId)).toEqual(['ask:p+sub/ask'])
  })
})
