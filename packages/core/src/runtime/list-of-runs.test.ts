import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { machines, untilAwaiting, type Machines } from '../../test/machines.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import { memoryJournalStore } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ListedRun, RunFilter } from '../model/run-page.ts'
import { FlowRuntime } from './flow-runtime.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'a', uses: 'step' }], edges: [] }
const parent: WorkflowBlueprint = {
  id: 'parent',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'child' } }],
  edges: [],
}
const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }
const registry = { step: () => 1 }
const blueprints = { child, parent, asking }

/** Three runs, one after the other: a parent that has completed, one that waits, and one that nobody carries out. */
async function threeRuns(): Promise<{ readonly runtime: FlowRuntime; readonly on: Machines }> {
  const on = machines()
  const runtime = on.client({ registry, blueprints })
  on.work({ registry, blueprints })
  const first = await runtime.start(parent, undefined, { runId: 'first', tags: ['red', 'blue'] })
  await on.pass(first.result())
  on.clock.advance(5)
  const second = await runtime.start(asking, undefined, { runId: 'second', tags: ['red'] })
  await untilAwaiting(on.clock, second, 1)
  on.clock.advance(5)
  await runtime.start({ ...asking, id: 'unknown' }, undefined, { runId: 'third' })
  return { runtime, on }
}

const idsOf = (runs: readonly ListedRun[]): string[] => runs.map(({ runId }) => runId)

describe('the list of runs of a store', () => {
  it('tells of each run what it is and where it stands, the one that was started last first', async () => {
    const { runtime, on } = await threeRuns()
    const { runs, cursor } = await runtime.list()
    expect(cursor).toBeUndefined()
    expect(runs.map(({ runId, workflowId, status, tags }) => ({ runId, workflowId, status, tags }))).toEqual([
      { runId: 'third', workflowId: 'unknown', status: 'running', tags: [] },
      { runId: 'second', workflowId: 'asking', status: 'awaiting', tags: ['red'] },
      { runId: 'first', workflowId: 'parent', status: 'completed', tags: ['red', 'blue'] },
    ])
    expect(runs[2]?.endedAt).toBeLessThan(on.clock.now())
    expect(runs[1]?.endedAt).toBeUndefined()
  })

  it.each<[RunFilter, string[]]>([
    [{ tag: 'red' }, ['second', 'first']],
    [{ tag: 'blue' }, ['first']],
    [{ status: 'awaiting' }, ['second']],
    [{ status: ['running', 'completed'] }, ['third', 'first']],
    [{ workflowId: 'asking' }, ['second']],
    [{ workflowId: 'asking', tag: 'blue' }, []],
  ])('lists only what is as %j says', async (filter, expected) => {
    const { runtime } = await threeRuns()
    expect(idsOf((await runtime.list(filter)).runs)).toEqual(expected)
  })

  it('lists child runs if they are asked for', async () => {
    const { runtime } = await threeRuns()
    const { runs } = await runtime.list({ children: true, status: 'completed' })
    expect(new Map(runs.map(({ workflowId, parentRunId }) => [workflowId, parentRunId]))).toEqual(
      new Map([
        ['child', 'first'],
        ['parent', undefined],
      ]),
    )
  })

  it('goes on behind the cursor of the page before, also if runs are started meanwhile', async () => {
    const { runtime } = await threeRuns()
    const page = await runtime.list({ limit: 2 })
    expect(idsOf(page.runs)).toEqual(['third', 'second'])
    await runtime.start(asking, undefined, { runId: 'fourth' })
    const rest = await runtime.list({ limit: 2, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) })
    expect([idsOf(rest.runs), rest.cursor]).toEqual([['first'], undefined])
  })

  it('has pages without a run and a next page where the filter leaves very many out', async () => {
    const on = machines()
    const runtime = on.client({ registry, blueprints })
    await runtime.start(asking, undefined, { runId: 'wanted', tags: ['rare'] })
    on.clock.advance(1)
    for (let count = 0; count < 1200; count++) await runtime.start(asking, undefined, { runId: `r${count}` })
    const { runs, cursor } = await runtime.list({ tag: 'rare' })
    expect(runs).toEqual([])
    expect(idsOf((await runtime.list({ tag: 'rare', cursor: cursor ?? '' })).runs)).toEqual(['wanted'])
  })

  it('asks where live runs stand at the same time, and only of those that it may list', async () => {
    const on = machines()
    const runtime = on.client({ registry, blueprints })
    for (let count = 0; count < 300; count++) await runtime.start(asking, undefined, { runId: `r${count}` })
    const looks = { now: 0, most: 0, all: 0, pages: 0 }
    const store = aroundStore(on.store, async ({ name, carryOut }) => {
      if (name === 'listRuns') looks.pages++
      if (name !== 'readRun') return carryOut()
      looks.most = Math.max(looks.most, ++looks.now)
      looks.all++
      await Promise.resolve()
      const found = await carryOut()
      looks.now--
      return found
    })
    const client = on.client({ registry, blueprints, store })
    expect((await client.list()).runs).toHaveLength(50)
    expect(looks).toEqual({ now: 0, most: 50, all: 50, pages: 1 })
    expect((await client.list({ limit: 1000 })).runs).toHaveLength(300)
    expect(looks).toEqual({ now: 0, most: 100, all: 350, pages: 2 })
    expect((await client.list({ status: ['completed', 'failed'] })).runs).toEqual([])
    expect(looks.all).toBe(350)
  })

  it('is told with the run that has tags, in its first event', async () => {
    const { runtime } = await threeRuns()
    const [started] = await runtime.open('first').journal()
    expect(started).toMatchObject({ type: 'run.started', tags: ['red', 'blue'] })
    const local = await new FlowRuntime({ registry }).start(child, undefined, { journal: true, tags: ['here'] })
    expect((await local.journal())[0]).toMatchObject({ tags: ['here'] })
  })

  it.each<[object | null, RegExp]>([
    [{ limit: 0 }, /^limit must be a whole number from 1 to 1000, and is 0$/u],
    [{ limit: 1001 }, /^limit must/u],
    [{ limit: 1.5 }, /^limit must/u],
    [{ limit: '5' }, /^limit must/u],
    [{ cursor: 'page 2' }, /^the cursor is none/u],
    [{ cursor: 2 }, /^cursor must be the one that came/u],
    [{ status: 'nope' }, /^status must be one of running, .*, and is "nope"$/u],
    [{ status: ['completed', 'nope'] }, /^status must/u],
    [{ tag: 5 }, /^tag must be a text, and is 5$/u],
    [{ workflowId: {} }, /^workflowId must/u],
    [{ children: 'yes' }, /^children must be true or false/u],
    [{ tags: 'red' }, /^the list of runs has no option "tags"\. Did you mean "tag"\?$/u],
    [null, /^the options of the list of runs have to be an object, not null$/u],
  ])('refuses %j', async (filter, message) => {
    await expect(
      machines()
        .client({ registry })
        .list(filter as RunFilter),
    ).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message) as unknown,
    })
  })

  it('repeats of tags that are refused as much as can be read', async () => {
    const starting = new FlowRuntime({ registry }).start(child, undefined, { tags: ['x'.repeat(100_000)] })
    const [refusal] = await Promise.allSettled([starting])
    const { message, details } = (refusal as PromiseRejectedResult).reason as HeddleError
    expect(message.length).toBeLessThan(400)
    expect(JSON.stringify(details).length).toBeLessThan(400)
  })

  it.each([[['']], [['x'.repeat(101)]], [Array.from({ length: 21 }, (_, at) => `t${at}`)], ['red'], [[1]]])(
    'refuses the tags %j',
    async (tags) => {
      const starting = new FlowRuntime({ registry }).start(child, undefined, { tags: tags as string[] })
      await expect(starting).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'tags' } })
    },
  )

  it('is one of a coordination store alone', async () => {
    await expect(new FlowRuntime({ registry, store: memoryJournalStore() }).list()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })
})
