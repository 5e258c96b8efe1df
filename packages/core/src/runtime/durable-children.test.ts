import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [
    { id: 'slow', uses: 'slow' },
    { id: 'sign', uses: 'wait' },
  ],
  edges: [{ source: 'slow', target: 'sign' }],
}

const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [
    { id: 'ask', uses: 'wait' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
  ],
  edges: [],
}

/** A store that takes its time to open a journal, as files do. */
function slowStore(journals: MemoryJournals): IJournalStore {
  const store = memoryJournalStore({ journals })
  const open: IJournalStore['open'] = async (runId) => {
    await settle()
    return store.open(runId)
  }
  return Object.assign(Object.create(store) as IJournalStore, { open })
}

function runtimeOn(journals: MemoryJournals, clock: VirtualClock): FlowRuntime {
  return new FlowRuntime({
    clock,
    store: slowStore(journals),
    blueprints: { child },
    registry: {
      slow: () =>
        new Promise<void>((resolve) => {
          clock.schedule(100, resolve)
        }),
    },
  })
}

describe('a run with a journal', () => {
  it('is not at rest while a child run of it is under way', async () => {
    const clock = new VirtualClock()
    const runtime = runtimeOn(new Map(), clock)
    const told: RunEvent[] = []
    runtime.eventBus.on('*', (event) => void told.push(event))
    const atRest = runtime.run(parent, undefined, { runId: 'p' })
    await settle()
    await settle()
    await settle()
    clock.advance(99)
    await settle()
    expect(told.filter(({ type }) => type === 'run.awaiting')).toEqual([])
    clock.advance(1)
    const { status, waits } = await atRest
    expect([status, waits.map(({ waitId }) => waitId)]).toEqual(['awaiting', ['ask:ask', 'sign:sub/sign']])
    const awaiting = told.filter(({ type, runId }) => type === 'run.awaiting' && runId === 'p')
    expect(awaiting).toMatchObject([{ waits: ['ask:ask', 'sign:sub/sign'] }])
  })

  it('that is cancelled as soon as it is opened cancels its child runs too, although the runtime closes at once', async () => {
    const [journals, clock]: [MemoryJournals, VirtualClock] = [new Map(), new VirtualClock()]
    const first = runtimeOn(journals, clock)
    const run = await first.start(parent, undefined, { runId: 'p' })
    await settle()
    await settle()
    await settle()
    clock.advance(100)
    await settle()
    expect(await run.status()).toBe('awaiting')
    await first.close()

    const second = runtimeOn(journals, clock)
    await second.open(parent, 'p', { signal: AbortSignal.abort('enough') }).result()
    await second.close()
    const ends = [...journals.values()].map(({ entries }) => entries.at(-1) ?? '')
    expect(ends).toEqual([expect.stringContaining('run.cancelled'), expect.stringContaining('run.cancelled')])
  })

  it('that ended without its child runs, since its process died, has them cancelled when runs are recovered', async () => {
    const [journals, clock]: [MemoryJournals, VirtualClock] = [new Map(), new VirtualClock()]
    const first = runtimeOn(journals, clock)
    const run = await first.start(parent, undefined, { runId: 'p' })
    await passLaps()
    clock.advance(100)
    await settle()
    const childId = [...journals.keys()].find((runId) => runId !== 'p') ?? ''
    const before = structuredClone(journals.get(childId)?.entries)
    await run.cancel()
    await run.result()
    await first.close()
    // The process died before anything of the child's end was written.
    const entry = journals.get(childId)
    if (entry !== undefined && before !== undefined) entry.entries.splice(0, Infinity, ...before)
    expect(await runtimeOn(journals, clock).open(child, childId).status()).toBe('awaiting')

    const second = runtimeOn(journals, clock)
    expect(await second.recover()).toEqual([])
    await second.close()
    const ends = [...journals.values()].map(({ entries }) => entries.at(-1) ?? '')
    expect(ends).toEqual([expect.stringContaining('run.cancelled'), expect.stringContaining('run.cancelled')])
  })
})

async function passLaps(): Promise<void> {
  for (let lap = 0; lap < 3; lap++) await settle()
}
