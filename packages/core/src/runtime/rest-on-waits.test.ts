import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const waits = (...ids: string[]): WorkflowBlueprint => ({
  id: 'waits',
  nodes: ids.map((id) => ({ id, uses: 'wait' })),
  edges: [],
})
const around: WorkflowBlueprint = {
  id: 'around',
  nodes: [
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'waits' } },
    { id: 'own', uses: 'wait' },
    { id: 'nap', uses: 'sleep', params: { durationMs: 1000 } },
  ],
  edges: [],
}

/** The sets of waits with which it was told that a run rests. */
async function rests(run: RunHandle): Promise<readonly string[]> {
  const journal = await run.journal()
  return journal.flatMap((event) => (event.type === 'run.awaiting' ? [event.waits.join(' ')] : []))
}

const places = [
  ['without a store', () => ({})],
  ['with a journal', (journals: MemoryJournals) => ({ store: memoryJournalStore({ journals }) })],
] as const

describe.each(places)('that a run only waits is told %s', (_, optionsOn) => {
  const clock = new VirtualClock()
  const process = (journals: MemoryJournals): FlowRuntime =>
    new FlowRuntime({ clock, blueprints: { waits: waits('x', 'y') }, ...optionsOn(journals) })

  it('once for each rest, with the waits that are open', async () => {
    const run = await process(new Map()).start(waits('a', 'b', 'c'), undefined, { journal: true })
    await settle()
    expect(await rests(run)).toEqual(['a:a b:b c:c'])
    await run.resume('b')
    await settle()
    expect(await rests(run)).toEqual(['a:a b:b c:c', 'a:a c:c'])
  })

  it('again when the run was under way in between, with those of child runs', async () => {
    const run = await process(new Map()).start(around, undefined, { journal: true })
    await settle()
    expect(await rests(run)).toEqual([])
    clock.advance(1000)
    await settle()
    const all = 'own:own x:sub/x y:sub/y'
    expect(await rests(run)).toEqual([all])
    await run.resume('x')
    await settle()
    expect(await rests(run)).toEqual([all, 'own:own y:sub/y'])
  })
})

describe('that a run only waits', () => {
  it('is told once by each process that goes on with it', async () => {
    const journals: MemoryJournals = new Map()
    for (const told of [1, 2]) {
      const runtime = new FlowRuntime({ store: memoryJournalStore({ journals }) })
      const run = await runtime.start(waits('a', 'b'), undefined, { runId: 'r' })
      await settle()
      expect(await rests(run)).toEqual(Array.from({ length: told }, () => 'a:a b:b'))
      await runtime.close()
    }
  })
})
