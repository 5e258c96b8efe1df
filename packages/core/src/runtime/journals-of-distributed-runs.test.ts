import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { Cluster } from '../../test/cluster.ts'
import { machines, untilAwaiting } from '../../test/machines.ts'
import { whileTimePasses } from '../../test/while-time-passes.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { writeEvent } from '../traversal/journal-text.ts'
import { rebuildRun } from '../traversal/rebuild-run.ts'
import { importRun } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [
    { id: 'word', uses: 'word' },
    { id: 'nested', uses: 'wait', params: { name: 'nested' } },
  ],
  edges: [{ source: 'word', target: 'nested' }],
}

/** Waits for everything that a visit can wait for, and comes to rest while some of it has ended. */
const blueprint: WorkflowBlueprint = {
  id: 'all-waits',
  nodes: [
    { id: 'list', uses: 'list' },
    { id: 'map', uses: 'map', params: { each: 'each', concurrency: 1 } },
    { id: 'nap', uses: 'sleep', params: { durationMs: 20 } },
    { id: 'early', uses: 'wait', params: { name: 'early', timeoutMs: 10, timeoutAction: 'late' } },
    { id: 'ask', uses: 'wait', params: { name: 'ask' } },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
    { id: 'calls', uses: 'calls' },
    { id: 'end', uses: 'end' },
  ],
  edges: [
    ...['map', 'nap', 'early', 'ask', 'sub', 'calls'].map((target) => ({ source: 'list', target })),
    ...['map', 'nap', 'ask', 'sub', 'calls'].map((source) => ({ source, target: 'end' })),
  ],
}

const registry = (called: string[]): Registry => {
  const note = <Value>(name: string, value: Value): Value => {
    called.push(name)
    return value
  }
  return {
    list: () => note('list', [1, 2, 3]),
    each: async ({ item, index, waitFor }: NodeContext) => {
      note(`each ${index}`, item)
      return index === 1 ? [item, await waitFor('item')] : item
    },
    word: ({ input }: NodeContext) => note('word', input),
    calls: async ({ step, sleep, waitFor }: NodeContext) => {
      const first = await step('once', () => note('once', new Date(7)))
      await sleep('short', 5)
      return [first, await waitFor('inside')]
    },
    end: ({ deps }: NodeContext) => ({ ...deps }),
  }
}

const serializer = new SuperjsonSerializer()

interface Distributed {
  readonly journal: readonly RunEvent[]
  readonly output: unknown
}

/** The waits of the run itself; its child runs have waits of their own, and are begun anew by whoever forks it. */
async function answer(run: RunHandle): Promise<void> {
  const answers = { item: 'two', inside: 'in', ask: 'asked', nested: 'deep' }
  for (const [name, payload] of Object.entries(answers)) await run.resume(name, payload)
}

/** Lets workers carry the run out until it only waits; answers its journal by then, and the output that it has at last. */
async function distributed(): Promise<Distributed> {
  const { clock, client, work, pass } = machines()
  work({ registry: registry([]), blueprints: [blueprint, child] })
  const run = await client({ blueprints: { child } }).start(blueprint, undefined, { runId: 'run' })
  await untilAwaiting(clock, run, 4)
  const journal = await run.journal()
  await answer(run)
  const { output } = await pass(run.result())
  return { journal, output }
}

describe('the journal of a distributed run', () => {
  it('tells what its visits wait for, with items and inputs', async () => {
    const { journal } = await distributed()
    const suspended = journal.filter((event) => event.type === 'node.suspended')
    const on = new Map(
      suspended.map((event) => [`${event.nodeId}${'item' in event ? `[${event.item}]` : ''}`, event.on]),
    )
    expect(on.get('map')).toEqual({ type: 'items', items: [1, 2, 3], concurrency: 1 })
    expect(on.get('nap')).toEqual({ type: 'timer', name: 'nap', delayMs: 20 })
    expect(on.get('ask')).toEqual({ type: 'wait', name: 'ask' })
    expect(on.get('sub')).toMatchObject({ type: 'child', blueprintId: 'child', input: [1, 2, 3] })
    expect(on.get('map[1]')).toMatchObject({ type: 'calls', calls: [{ call: 'item', on: { type: 'wait' } }] })
    expect(on.get('calls')).toMatchObject({ type: 'calls', calls: [{ call: 'inside', on: { type: 'wait' } }] })
  })

  it('can be imported and forked after any of its events, and what completed before is not run again', async () => {
    const { journal, output } = await distributed()
    const entries = journal.map((event) => writeEvent(serializer, { ...event }))
    for (let at = 1; at <= journal.length; at++) {
      const clock = new VirtualClock()
      const store = memoryJournalStore()
      const called: string[] = []
      await importRun(store, { format: 1, runId: 'run', entries, children: [] })
      await using runtime = new FlowRuntime({ clock, store, registry: registry(called), blueprints: { child } })
      const fork = await runtime.fork(blueprint, 'run', { at, runId: 'fork' })
      await untilAwaiting(clock, fork, 4)
      await answer(fork)
      expect((await whileTimePasses(clock, fork.result())).output, `fork at ${at}`).toEqual(output)
      if (at === journal.length) expect(called).toEqual(['word', 'each 1', 'each 2'])
    }
  })

  it('can be rebuilt although attempts were lost with their workers and made again', async () => {
    const ids = ['a', 'b', 'c', 'd']
    const chain: WorkflowBlueprint = {
      id: 'chain',
      nodes: ids.map((id) => ({ id, uses: 'work' })),
      edges: ids.slice(1).map((target, at) => ({ source: ids[at] ?? '', target })),
    }
    let repeated = 0
    for (let seed = 1; seed <= 10; seed++) {
      const cluster = new Cluster({ registry: { work: () => 'done' }, seed, workers: 2, faults: { die: 5 } })
      await cluster.start(chain, null)
      await cluster.run()
      const journal = await cluster.events()
      if (journal.filter(({ type }) => type === 'node.started').length > ids.length) repeated++
      expect(rebuildRun(chain, journal).traverser.control.run.phase, `seed ${seed}`).toBe('completed')
    }
    expect(repeated).toBeGreaterThan(0)
  })
})
