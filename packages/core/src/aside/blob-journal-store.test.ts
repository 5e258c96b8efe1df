import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournal, type MemoryJournals } from '../memory/journal-store.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { exportRun, importRun, type RunExport } from '../runtime/export-run.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { blobJournalStore } from './blob-journal-store.ts'

/** A blob store that can be looked into, and can be told to fail. */
class Blobs implements IBlobStore {
  readonly kept: Map<string, string> = new Map()
  isDown = false

  async put(key: string, text: string): Promise<void> {
    if (this.isDown) throw new Error('no connection')
    this.kept.set(key, text)
  }

  async get(key: string): Promise<string | undefined> {
    return this.kept.get(key)
  }

  async delete(key: string): Promise<void> {
    this.kept.delete(key)
  }
}

const large = 'large '.repeat(50)
const values = {
  text: large,
  list: Array.from({ length: 40 }, (_, at) => ({ at, when: new Date(at), set: new Set([at]) })),
}
const registry = {
  text: () => large,
  list: ({ context }: NodeContext) => {
    context.set('kept', values.list)
    return values.list
  },
  small: () => 1,
  many: () => Array.from({ length: 3000 }, (_, at) => at),
  throws: () => {
    throw new Error(large)
  },
}
const review = {
  ...graphOf(['text>ask', 'list>ask', 'small>ask'], { nodes: [{ id: 'ask', uses: 'wait' }] }),
  policy: { context: { kept: {} } },
}

function setUp(given: { journals?: MemoryJournals; blobs?: Blobs } = {}) {
  const { journals = new Map<string, MemoryJournal>(), blobs = new Blobs() } = given
  const clock = new VirtualClock()
  const store = memoryJournalStore({ journals })
  const runtime = new FlowRuntime({
    registry,
    store,
    blobs,
    clock,
    blueprints: { review },
    limits: { maxInlineBytes: 100 },
  })
  return { journals, blobs, store, runtime }
}

const entry = (seq: number, output: string): StoredEvent => ({ seq, at: seq, fact: { type: 'node.completed', output } })

function decorated(given: { journals?: MemoryJournals; blobs?: Blobs } = {}): {
  store: IJournalStore
  blobs: Blobs
  journals: MemoryJournals
} {
  const { journals = new Map(), blobs = new Blobs() } = given
  return {
    store: blobJournalStore({ store: memoryJournalStore({ journals }), blobs, maxInlineBytes: 20 }),
    blobs,
    journals,
  }
}

describe('a runtime with a blob store', () => {
  it('keeps large values out of the journal, and has them again when the run is opened later', async () => {
    const { journals, blobs, runtime } = setUp()
    expect((await runtime.run(review, values, { runId: 'r' })).status).toBe('awaiting')
    await runtime.close()
    expect(Math.max(...(journals.get('r')?.entries ?? []).map((text) => text.length))).toBeLessThan(500)
    expect([...blobs.kept.keys()].every((key) => /^r\/\d+-[a-z]+-[\da-f]{32}$/u.test(key))).toBe(true)

    const { runtime: later } = setUp({ journals, blobs })
    const run = later.open(review, 'r')
    await run.resume('ask', large)
    const { status, outputs, context } = await run.result()
    expect(status).toBe('completed')
    expect({ ...outputs }).toEqual({ text: large, list: values.list, small: 1, ask: large })
    expect({ ...context }).toEqual({ kept: values.list })
    expect((await run.journal())[0]).toMatchObject({ type: 'run.started', input: values })
  })

  it('keeps the error of a handler, however long', async () => {
    const { journals, blobs, runtime } = setUp()
    const failing = graphOf([], { nodes: [{ id: 'throws', uses: 'throws' }] })
    await runtime.run(failing, 1, { runId: 'r' })
    await runtime.close()
    const { runtime: later } = setUp({ journals, blobs })
    expect((await later.open(failing, 'r').result()).errors[0]?.message).toContain(large)
  })

  it('stops the run where a blob cannot be stored, and goes on with it when that can be done again', async () => {
    const { runtime, blobs, journals } = setUp()
    blobs.isDown = true
    await expect(runtime.run(review, 1, { runId: 'r' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await settle()
    blobs.isDown = false
    const result = await runtime.run(review, 1, { runId: 'r' })
    expect([result.status, result.outputs['text']]).toEqual(['awaiting', large])
    expect(JSON.stringify(journals.get('r')?.entries)).not.toContain(large)
  })

  it('takes snapshots of a long run aside too, and goes on from them', async () => {
    const { runtime, journals, blobs } = setUp()
    const each = { id: 'each', uses: 'map', params: { each: 'small' } }
    const long = graphOf(['many>each', 'each>ask'], {
      nodes: [{ id: 'many', uses: 'many' }, each, { id: 'ask', uses: 'wait' }],
    })
    await runtime.run(long, large, { runId: 'r' })
    await runtime.close()
    expect([...blobs.kept.keys()].some((key) => key.includes('-snapshot-'))).toBe(true)
    for (const text of journals.get('r')?.snapshots.values() ?? []) expect(text.length).toBeLessThan(100)
    const { runtime: later } = setUp({ journals, blobs })
    const run = later.open(long, 'r')
    await run.resume('ask', 'end')
    expect((await run.result()).outputs['each']).toEqual(Array.from({ length: 3000 }, () => 1))
  })

  it('refuses blobs without a store, and a limit without blobs', () => {
    expect(() => new FlowRuntime({ blobs: new Blobs() })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    const limited = () => new FlowRuntime({ store: memoryJournalStore(), limits: { maxInlineBytes: 5 } })
    expect(limited).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: { option: 'limits.maxInlineBytes' } }),
    )
  })

  it('is needed to read the run: without it a run with values aside is refused', async () => {
    const { runtime, store, journals } = setUp()
    await runtime.run(review, values, { runId: 'r' })
    await runtime.close()
    const without = new FlowRuntime({ registry, store: memoryJournalStore({ journals }) })
    const needed = { code: 'INVALID_OPTION', details: { runId: 'r', option: 'blobs' } }
    await expect(without.open(review, 'r').result()).rejects.toMatchObject(needed)
    await expect(exportRun(store, 'r')).rejects.toMatchObject(needed)
  })
})

describe('a journal store with a blob store', () => {
  it('is as synchronous as the one behind it, as long as nothing is large', async () => {
    const { store } = decorated()
    const journal = await store.create('r')
    expect(journal.append([entry(1, 'small')])).toBeUndefined()
    const aside = journal.append([entry(2, large)])
    expect(aside).toBeInstanceOf(Promise)
    const behind = journal.append([entry(3, 'small')])
    expect(behind).toBeInstanceOf(Promise)
    await behind
    await journal.sync()
    expect(journal.append([entry(4, 'small')])).toBeUndefined()
    expect((await store.read('r'))?.entries.map(({ fact }) => fact['output'])).toEqual([
      'small',
      large,
      'small',
      'small',
    ])
  })

  it('exports a run with all its values, so that it can be rebuilt from the export alone', async () => {
    const { runtime, store, blobs } = setUp()
    await runtime.run(review, values, { runId: 'r' })
    const exported = await exportRun(blobJournalStore({ store, blobs }), 'r')
    const elsewhere = memoryJournalStore()
    await importRun(elsewhere, JSON.parse(JSON.stringify(exported)) as RunExport)
    const run = new FlowRuntime({ registry, store: elsewhere }).open(review, 'r')
    await run.resume('ask', 1)
    expect((await run.result()).outputs['list']).toEqual(values.list)
    const broken = { ...exported, entries: exported.entries.map((one) => ({ ...one, aside: {} })) }
    await expect(importRun(memoryJournalStore(), broken)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
  })

  it('names the run, the entry, the field and the blob where one is missing, and still lists the other runs', async () => {
    const { store, blobs } = decorated()
    for (const runId of ['a', 'b']) await (await store.create(runId)).append([entry(1, large)])
    const key = [...blobs.kept.keys()].find((one) => one.startsWith('a/')) ?? ''
    blobs.kept.delete(key)
    const corrupt = { code: 'JOURNAL_CORRUPT', details: { runId: 'a', seq: 1, field: 'output', key } }
    await expect(store.read('a')).rejects.toMatchObject(corrupt)
    await expect(store.readEntries('a', 0, 1)).rejects.toMatchObject(corrupt)
    const listed: string[] = []
    const listing = async (): Promise<void> => {
      for await (const { runId } of store.list()) listed.push(runId)
    }
    await expect(listing()).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { runIds: ['a'] } })
    expect(listed).toEqual(['b'])
  })

  it('never writes over a blob: one that was paused changes nothing for the one that took its run over', async () => {
    const { store: paused, blobs, journals } = decorated()
    const journal = await paused.create('r')
    await journal.append([entry(1, 'small')])
    const { store: next } = decorated({ blobs, journals })
    const taken = await next.open('r')
    await taken?.journal.append([entry(2, `${large} of the next one`)])
    await expect(journal.append([entry(2, `${large} of the paused one`)])).rejects.toMatchObject({
      code: 'ALREADY_CLOSED',
    })
    expect((await next.read('r'))?.entries[1]?.fact['output']).toBe(`${large} of the next one`)
  })

  it('removes the blobs of a run with it, and by a compaction those that only what was dropped referred to', async () => {
    const { store, blobs } = decorated()
    const names = () => [...blobs.kept.keys()].map((key) => /^.*\/\d+-[a-z]+/u.exec(key)?.[0])
    await (await store.create('other')).append([entry(1, large)])
    const journal = await store.create('r')
    for (let seq = 1; seq <= 5; seq++) await journal.append([entry(seq, `${large} ${seq}`)])
    await journal.saveSnapshot({ seq: 2, text: `${large} after 2` })
    await journal.saveSnapshot({ seq: 4, text: `${large} after 4` })
    expect(blobs.kept.size).toBe(8)
    await journal.compact()
    // For lists the first entry and the last one before the snapshot are kept.
    expect(names()).toEqual(['other/1-output', 'r/1-output', 'r/4-output', 'r/5-output', 'r/4-snapshot'])
    expect(await store.read('r')).toEqual({
      snapshot: { seq: 4, text: `${large} after 4` },
      entries: [entry(5, `${large} 5`)],
    })
    await store.remove('r')
    // Nothing tells of the last entry before the snapshot any more.
    expect(names()).toEqual(['other/1-output', 'r/4-output'])
  })

  it('takes no snapshot for a reference that only looks like one', async () => {
    const { store } = decorated()
    const journal = await store.create('r')
    await journal.append([entry(1, 'small')])
    await journal.saveSnapshot({ seq: 1, text: 'heddle-aside:x' })
    expect((await store.read('r'))?.snapshot?.text).toBe('heddle-aside:x')
  })
})
