import { describe, expect, it } from 'vitest'
import { SlowJournals } from '../../test/slow-journals.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle, whileTimePasses } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'

const blueprint: WorkflowBlueprint = { id: 'slow', nodes: [{ id: 'slow', uses: 'slow' }], edges: [] }
const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'slow' } }],
  edges: [],
}

const never = new Promise<never>(() => {
  // It hangs until its process ends.
})
const hanging: Registry = { slow: () => never }
const quick: Registry = { slow: ({ attempt }: NodeContext) => attempt }

function processOn(journals: MemoryJournals, registry: Registry): FlowRuntime {
  return new FlowRuntime({ registry, blueprints: { slow: blueprint }, store: memoryJournalStore({ journals }) })
}

describe('an attempt that is under way when its runtime is closed', () => {
  it.each([
    ['of a run', blueprint],
    ['of a child run', parent],
  ])('is made again and does not count as lost, however often: %s', async (_whose, workflow) => {
    const journals: MemoryJournals = new Map()
    for (let closed = 0; closed < 8; closed++) {
      const runtime = processOn(journals, hanging)
      await runtime.start(workflow, undefined, { runId: 'r' })
      await settle()
      await runtime.close()
    }
    const result = await processOn(journals, quick).open(workflow, 'r').result()
    expect(result).toMatchObject({ status: 'completed', output: 1 })
  })

  it('leaves nobody to wait for the result of its run in vain', async () => {
    const runtime = processOn(new Map(), hanging)
    const run = await runtime.start(parent, undefined, { runId: 'r' })
    const waited = Promise.allSettled([run.result()])
    await settle()
    await runtime.close()
    expect(await waited).toMatchObject([{ status: 'rejected', reason: { code: 'ALREADY_CLOSED' } }])
  })

  it('is given back also while a group of events is being written', async () => {
    const clock = new VirtualClock()
    const store = new SlowJournals({ clock })
    const pair = { ...blueprint, nodes: [...blueprint.nodes, { id: 'quick', uses: 'quick' }] }
    const registry: Registry = { ...hanging, quick: () => 'done' }
    const runtime = new FlowRuntime({ registry, clock, store })
    const started = runtime.start(pair, undefined, { runId: 'r' })
    // The start of the attempts is written by then, and what the quick one came to is not.
    for (let ms = 0; ms < 100 && !store.has('r', 'node.started', 'slow'); ms++) {
      clock.advance(1)
      await settle()
    }
    const closed = runtime.close()
    await whileTimePasses(clock, Promise.allSettled([started, closed]))
    const types = store
      .written('r')
      .filter(({ fact }) => fact['nodeId'] === 'slow')
      .map(({ fact }) => fact.type)
    expect(types).toEqual(['node.ready', 'node.started', 'node.ready'])
  })
})

describe('an attempt that is lost with its process', () => {
  it('does not count with those before it once it recorded a durable call', async () => {
    const journals: MemoryJournals = new Map()
    for (let crash = 0; crash < 8; crash++) {
      const page = crash >> 2
      const registry: Registry = {
        slow: async ({ step }: NodeContext) => {
          for (let one = 0; one <= page; one++) await step(`page ${one}`, () => one)
          return never
        },
      }
      await processOn(journals, registry).start(blueprint, undefined, { runId: 'r' })
      await settle()
    }
    const lost = (journals.get('r')?.entries ?? []).flatMap(
      (text) => (JSON.parse(text) as StoredEvent).fact['lost'] ?? [],
    )
    expect(lost).toEqual([1, 2, 3, 4, 1, 2, 3])
    const registry: Registry = {
      slow: ({ step }: NodeContext) => Promise.all([step('page 0', () => -1), step('page 1', () => -1)]),
    }
    const result = await processOn(journals, registry).open(blueprint, 'r').result()
    expect(result).toMatchObject({ status: 'completed', output: [0, 1] })
  })
})
