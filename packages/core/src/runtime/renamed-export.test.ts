import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryJournalStore, type MemoryJournalStoreOptions } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { exportRun, importRun } from './export-run.ts'
import { FlowRuntime } from './flow-runtime.ts'

const paid: WorkflowBlueprint = {
  id: 'paid',
  nodes: [
    { id: 'charge', uses: 'charge' },
    { id: 'ask', uses: 'wait' },
  ],
  edges: [{ source: 'charge', target: 'ask' }],
}
const nested: WorkflowBlueprint = {
  id: 'nested',
  nodes: [{ id: 'inner', uses: 'subflow', params: { blueprintId: 'paid' } }],
  edges: [],
}
/** Children of a node, of a durable call, of a call's second occurrence, and of an attempt after another one. */
const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'nested' } },
    { id: 'calls', uses: 'calls' },
    { id: 'again', uses: 'again', config: { retry: { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 0 } } } },
  ],
  edges: [],
}
const single: WorkflowBlueprint = {
  id: 'single',
  nodes: [
    { id: 'first', uses: 'first' },
    { id: 'sub', uses: 'subflow', params: { blueprintId: 'paid' } },
  ],
  edges: [{ source: 'first', target: 'sub' }],
}

/** A process of its own at a store. */
class Place {
  readonly journals: NonNullable<MemoryJournalStoreOptions['journals']> = new Map()
  readonly charged: string[]

  constructor(charged: string[] = []) {
    this.charged = charged
  }

  get store(): IJournalStore {
    return memoryJournalStore({ journals: this.journals })
  }

  runtime(): FlowRuntime {
    const registry = {
      first: () => 1,
      charge: ({ step, runId }: NodeContext) => step('charge', () => void this.charged.push(runId)),
      calls: ({ invoke }: NodeContext) => Promise.all([invoke('one', 'paid', 1), invoke('one', 'paid', 2)]),
      again: ({ invoke, attempt }: NodeContext) => {
        if (attempt === 1) throw new Error('not yet')
        return invoke('two', 'paid', 3)
      },
    }
    return new FlowRuntime({ registry, blueprints: { paid, nested }, store: this.store, clock: new VirtualClock() })
  }

  /** Begins a run, which waits then, and leaves it. */
  async begin(blueprint: WorkflowBlueprint, runId: string): Promise<void> {
    const runtime = this.runtime()
    await runtime.run(blueprint, 1, { runId })
    await runtime.close()
  }
}

/** A fork of the run `s` that was left before its child run was begun anew there. */
async function forked(): Promise<Place> {
  const place = new Place()
  await place.begin(single, 's')
  const runtime = place.runtime()
  const at = (await runtime.open(single, 's').journal()).at(-1)?.seq ?? 0
  await (await runtime.fork(single, 's', { at, runId: 'f' })).status()
  await runtime.close()
  return place
}

async function childrenOf(store: IJournalStore, runId: string): Promise<unknown[]> {
  const { children } = await exportRun(store, runId)
  return children.map(({ entries }) => entries[0]?.fact['parentRunId'])
}

describe('a run that is imported under another id', () => {
  it('goes on with copies of its child runs at any depth, under the ids by which it looks for them', async () => {
    const here = new Place()
    await here.begin(parent, 'p')
    expect(here.charged).toHaveLength(4)
    const there = new Place(here.charged)
    expect(await importRun(there.store, await exportRun(here.store, 'p'), { runId: 'copy' })).toBe('copy')
    const imported = [...there.journals.keys()]
    expect(imported).toHaveLength(6)
    await there.begin(parent, 'copy')
    expect([...there.journals.keys()]).toEqual(imported)
    expect(here.charged).toHaveLength(4)
    const run = there.runtime().open(parent, 'copy')
    await run.status()
    for (const { waitId } of await run.waits()) await run.resume(waitId, 'yes')
    expect(await run.result()).toMatchObject({
      status: 'completed',
      outputs: { sub: 'yes', calls: ['yes', 'yes'], again: 'yes' },
    })
  })

  it('tells of its own child run beside the run that it is a copy of', async () => {
    const place = new Place()
    await place.begin(single, 'p')
    const exported = await exportRun(place.store, 'p')
    const source = place.runtime()
    await source.open(single, 'p').resume('ask', 'yes')
    await source.close()
    await importRun(place.store, exported, { runId: 'copy' })
    const { reasons } = await place.runtime().explain(single, 'copy')
    expect(reasons).toMatchObject([{ type: 'child', explanation: { status: 'awaiting' } }])
    expect(await childrenOf(place.store, 'copy')).toEqual(['copy'])
    expect(place.charged).toHaveLength(1)
  })

  it('is the same as before under the id that it had before', async () => {
    const here = new Place()
    await here.begin(parent, 'p')
    const exported = await exportRun(here.store, 'p')
    const there = new Place()
    await importRun(there.store, exported, { runId: 'copy' })
    const last = new Place()
    await importRun(last.store, await exportRun(there.store, 'copy'), { runId: 'p' })
    expect(await exportRun(last.store, 'p')).toEqual(exported)
  })

  it('belongs to nobody if it was the child of another run', async () => {
    const place = new Place()
    await place.begin(single, 'p')
    const [child] = (await exportRun(place.store, 'p')).children
    await importRun(place.store, await exportRun(place.store, child?.runId ?? ''), { runId: 'alone' })
    const [first] = (await place.store.readEntries('alone', 0, 1)) ?? []
    expect(first?.fact).not.toHaveProperty('parentRunId')
    expect(await childrenOf(place.store, 'p')).toEqual(['p'])
  })

  it('finds its child run where a migration has renamed the node that waits for it', async () => {
    const place = new Place()
    await place.begin(single, 'p')
    const renamed: WorkflowBlueprint = {
      ...single,
      nodes: [
        { id: 'first', uses: 'first' },
        { id: 'part', uses: 'subflow', params: { blueprintId: 'paid' } },
      ],
      edges: [{ source: 'first', target: 'part' }],
    }
    const runtime = place.runtime()
    await runtime.open(renamed, 'p', { migrate: { map: { sub: 'part' } } }).status()
    await runtime.close()
    const there = new Place(place.charged)
    await importRun(there.store, await exportRun(place.store, 'p'), { runId: 'copy' })
    const run = there.runtime().open(renamed, 'copy')
    await run.resume('ask', 'yes')
    expect(await run.result()).toMatchObject({ status: 'completed', outputs: { part: 'yes' } })
    expect(there.charged).toHaveLength(1)
    expect(there.journals.size).toBe(2)
  })

  it('has children of its own as a fork, too', async () => {
    const place = await forked()
    await importRun(place.store, await exportRun(place.store, 'f'), { runId: 'copy' })
    expect(await childrenOf(place.store, 'copy')).toEqual(['copy'])
    expect(place.journals.size).toBe(6)
  })
})

describe('an exported fork', () => {
  it('holds the child runs that are its own, and can be imported beside the run that it was forked from', async () => {
    const place = await forked()
    expect(await childrenOf(place.store, 'f')).toEqual(['f'])
    const there = new Place()
    await importRun(there.store, await exportRun(place.store, 's'))
    const source = there.runtime()
    await source.open(single, 's').resume('ask', 'yes')
    await source.close()
    expect(await importRun(there.store, await exportRun(place.store, 'f'))).toBe('f')
  })

  it('is whole although the child run of the run that it was forked from was compacted', async () => {
    const place = await forked()
    const [child] = (await exportRun(place.store, 's')).children
    const opened = await place.store.open(child?.runId ?? '')
    await opened?.journal.saveSnapshot({ seq: 3, text: '{}' })
    await opened?.journal.compact()
    await opened?.journal.close()
    await expect(exportRun(place.store, 's')).rejects.toThrow(/dropped by a compaction/u)
    expect(await childrenOf(place.store, 'f')).toEqual(['f'])
  })
})
