import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { machines } from '../../test/machines.ts'
import { whileTimePasses } from '../../test/while-time-passes.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { blobCoordinationStore } from './blob-coordination-store.ts'

const large = 'large '.repeat(100)
const items = [1, 2, 3].map((item) => ({ item, large }))

const child: WorkflowBlueprint = { ...graphOf([], { nodes: [{ id: 'inner', uses: 'pass' }] }), id: 'child' }
const blueprint: WorkflowBlueprint = {
  ...graphOf(['list>each', 'each>ask', 'ask>sub', 'sub>step'], {
    nodes: [
      { id: 'list', uses: 'list' },
      { id: 'each', uses: 'map', params: { each: 'item' } },
      { id: 'ask', uses: 'wait' },
      { id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } },
      { id: 'step', uses: 'step' },
    ],
  }),
  policy: { context: { log: { reducer: 'append' } } },
}
const registry = {
  list: () => items,
  pass: ({ input }: NodeContext) => input,
  item: ({ item, context }: NodeContext) => {
    context.set('log', large)
    return item
  },
  step: async (ctx: NodeContext) => {
    const came = await ctx.step('make', () => ({ made: large }))
    await ctx.sleep('rest', 1000)
    return { came, input: ctx.input }
  },
}

/** One store, one queue and one blob store, with processes around them that may have the blob store or not. */
function machinesWithBlobs() {
  const { clock, store, client, work } = machines()
  const kept = new Map<string, string>()
  const blobs: IBlobStore = {
    put: async (key, text) => void kept.set(key, text),
    get: async (key) => kept.get(key),
    delete: async (key) => void kept.delete(key),
  }
  const aside = { blobs, limits: { maxInlineBytes: 100 } }
  const blueprints = { child, test: blueprint }
  return {
    store,
    kept,
    wrapped: blobCoordinationStore({ store, blobs }),
    client: (given: object = aside) => client({ registry, blueprints, ...given }),
    work: (given: object = aside) => work({ registry, blueprints: [child, blueprint], ...given }),
    pass: <T>(promise: Promise<T>): Promise<T> => whileTimePasses(clock, promise, { stepMs: 500 }),
  }
}

/** A run of all kinds of values, to its end. */
async function finished() {
  const all = machinesWithBlobs()
  all.work()
  const client = all.client()
  const run = await client.start(blueprint, { large }, { runId: 'r', context: { brief: large } })
  const untilAsked = async (): Promise<void> => {
    for (let isOpen = false; !isOpen;) {
      isOpen = (await run.waits()).length > 0
      if (!isOpen) await new Promise(setImmediate)
    }
  }
  await all.pass(untilAsked())
  await run.resume('ask', { answer: large })
  return { ...all, runtime: client, run, result: await all.pass(run.result()) }
}

describe('distributed runs with a blob store', () => {
  it('have their large values, and keep none of them in their records', async () => {
    const { store, run, result } = await finished()
    expect(result.status).toBe('completed')
    expect({ ...result.outputs }).toEqual({
      list: items,
      each: items,
      ask: { answer: large },
      sub: { answer: large },
      step: { came: { made: large }, input: { answer: large } },
    })
    expect(result.context).toEqual({ log: [large, large, large], brief: large })
    const journal = await run.journal()
    expect(journal[0]).toMatchObject({ type: 'run.started', input: { large }, context: { brief: large } })
    expect(journal.find(({ type }) => type === 'step.recorded')).toMatchObject({ output: { made: large } })
    const ref = { runId: 'r', incarnation: (await store.readRun('r'))?.incarnation ?? '' }
    const records = [
      await store.readJournal(ref, 0, 1000),
      await store.readValues(ref, ['input', 'o:list@', 'o:each@', 'o:step@', 'o:list', 'o:each', 'o:step']),
    ]
    expect(JSON.stringify(records)).not.toContain(large)
  })

  it('are the same when they are started again with the same large input, and in conflict with another one', async () => {
    const { runtime } = await finished()
    expect((await runtime.start(blueprint, { large }, { runId: 'r' })).runId).toBe('r')
    const other = runtime.start(blueprint, { large: `${large}!` }, { runId: 'r' })
    await expect(other).rejects.toMatchObject({ code: 'RUN_CONFLICT' })
  })

  it('cannot be read without it: whoever asks is told what is missing', async () => {
    const { client } = await finished()
    await expect(client({}).open(blueprint, 'r').result()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'blobs' },
    })
  })

  it('name the blob that is missing', async () => {
    const { run, kept } = await finished()
    kept.clear()
    await expect(run.result()).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { runId: 'r' } })
  })

  it('leave no blob behind that their records referred to when they are removed', async () => {
    const { wrapped, store, kept } = await finished()
    for (const runId of new Set([...kept.keys()].map((key) => key.split('/')[0] ?? ''))) {
      await wrapped.remove({ runId, incarnation: (await store.readRun(runId))?.incarnation ?? '' })
    }
    expect([...kept.keys()]).toEqual([])
  })
})
