import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import { expand } from '../model/node-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { Timeline } from '../traversal/timeline.ts'
import { FlowRuntime } from './flow-runtime.ts'

/** A blueprint of nodes, written `id` or `id:uses`, and edges, written `source>target`. */
function blueprintOf(nodes: readonly string[], edges: readonly string[] = [], version = '1'): WorkflowBlueprint {
  const node = (text: string): NodeDefinition => {
    const [id = '', uses = id] = text.split(':')
    return uses === 'sub' ? { id, uses: 'subflow', params: { blueprintId: 'child' } } : { id, uses }
  }
  const edge = (text: string): EdgeDefinition => {
    const [source = '', target = ''] = text.split('>')
    return { source, target }
  }
  return { id: 'w', version, nodes: nodes.map(node), edges: edges.map(edge) }
}

const child: WorkflowBlueprint = {
  id: 'child',
  nodes: [
    { id: 'begin', uses: 'say' },
    { id: 'ask', uses: 'wait' },
  ],
  edges: [{ source: 'begin', target: 'ask' }],
}

/** Processes one after the other on the same journals. */
class World {
  readonly calls: string[] = []
  readonly journals: MemoryJournals = new Map()
  readonly registry: Registry = {
    say: ({ nodeId, input }: NodeContext) => {
      this.calls.push(nodeId)
      return `${nodeId}(${typeof input === 'string' ? input : ''})`
    },
    grow: ({ nodeId }: NodeContext) => {
      this.calls.push(nodeId)
      const edges = [
        { source: nodeId, target: 'added' },
        { source: 'added', target: 'w' },
      ]
      return expand({ nodes: [{ id: 'added', uses: 'say' }], edges }, 'grown')
    },
    items: () => [1, 2],
    asks: async ({ nodeId, item, step, waitFor }: NodeContext) => [
      await step('begun', () => nodeId),
      await waitFor(`ask-${String(item)}`),
    ],
    fail: () => {
      throw new Error('as ever')
    },
  }

  process(...known: readonly WorkflowBlueprint[]): FlowRuntime {
    const { registry, journals } = this
    const blueprints = Object.fromEntries([child, ...known].map((one, at) => [at === 0 ? 'child' : `w${at}`, one]))
    return new FlowRuntime({ registry, blueprints, store: memoryJournalStore({ journals }) })
  }

  async begin(blueprint: WorkflowBlueprint): Promise<void> {
    const runtime = this.process()
    await runtime.run(blueprint, 'in', { runId: 'r' })
    await settle()
    await runtime.close()
  }

  async migrate(blueprint: WorkflowBlueprint, map: Readonly<Record<string, string>> = {}, runId = 'r'): Promise<void> {
    const runtime = this.process()
    await runtime.open(blueprint, runId, { migrate: { map } }).status()
    await settle()
    await runtime.close()
  }
}

describe('a run that is migrated more than once', () => {
  it('calls no handler again that had completed', async () => {
    const world = new World()
    await world.begin(blueprintOf(['x:say', 'w:wait']))
    await world.migrate(blueprintOf(['y:say', 'w:wait']), { x: 'y' })
    const last = blueprintOf(['y:say', 'w:wait', 'n:say'], ['w>n'])
    await world.migrate(last)
    const run = world.process().open(last, 'r')
    await run.resume('w', 'yes')
    expect(await run.result()).toMatchObject({ status: 'completed', outputs: { y: 'x(in)', n: 'n(yes)' } })
    expect(world.calls).toEqual(['x', 'n'])
  })

  it('may rename what waits each time', async () => {
    const world = new World()
    await world.begin(blueprintOf(['a:wait']))
    await world.migrate(blueprintOf(['b:wait']), { a: 'b' })
    await world.migrate(blueprintOf(['c:wait']), { b: 'c' })
    const run = world.process().open(blueprintOf(['c:wait']), 'r')
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['a:c'])
    await run.resume('a', 'yes')
    expect((await run.result()).outputs).toEqual({ c: 'yes' })
  })

  it('does not take up again what an earlier one left behind', async () => {
    const world = new World()
    const first = blueprintOf(['x:say', 'w:wait'])
    await world.begin(first)
    await world.migrate(blueprintOf(['w:wait']))
    const last = { ...first, version: '2' }
    await world.migrate(last)
    expect(world.calls).toEqual(['x', 'x'])
    const run = world.process().open(last, 'r')
    await run.resume('w', 'yes')
    expect((await run.result()).outputs).toEqual({ x: 'x(in)', w: 'yes' })
  })

  it('is refused where a visit would lose its place that an earlier one made ready', async () => {
    const world = new World()
    await world.begin(blueprintOf(['x:say', 'w:wait'], ['x>w']))
    await world.migrate(blueprintOf(['x:say', 'w:wait', 'v:wait'], ['x>w']))
    const runtime = world.process()
    const refused = runtime.open(blueprintOf(['x:say', 'w:wait'], ['x>w'], '2'), 'r', { migrate: {} })
    await expect(refused.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('"v" is live')] },
    })
  })
})

describe('a migration', () => {
  it('keeps the outputs and shared values that a fork has instead', async () => {
    const world = new World()
    const before = blueprintOf(['x:say', 'w:wait', 'e:say'], ['x>w', 'w>e'])
    await world.begin(before)
    const runtime = world.process()
    const at = (await runtime.open(before, 'r').journal()).length
    await runtime.fork(before, 'r', { at, runId: 'f', outputs: { x: 'patched' }, context: { k: 5 } })
    await settle()
    await runtime.close()
    const after = blueprintOf(['x2:say', 'w:wait', 'e:say', 'n:say'], ['x2>w', 'w>e', 'x2>n'])
    await world.migrate(after, { x: 'x2' }, 'f')
    const run = world.process().open(after, 'f')
    await run.resume('w', 'yes')
    expect(await run.result()).toMatchObject({
      outputs: { x2: 'patched', e: 'e(yes)', n: 'n(patched)' },
      context: { k: 5 },
    })
  })

  it('remembers which waits were answered', async () => {
    const world = new World()
    await world.begin(blueprintOf(['a:wait', 'b:wait']))
    const runtime = world.process()
    await runtime.open(blueprintOf(['a:wait', 'b:wait']), 'r').resume('a', 1)
    await runtime.close()
    const after = blueprintOf(['a2:wait', 'b:wait'])
    await world.migrate(after, { a: 'a2' })
    const run = world.process().open(after, 'r')
    await expect(run.resume('a', 2)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await expect(run.resume('a:a2', 2)).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
  })

  it('carries a map over whose items are under way', async () => {
    const world = new World()
    const mapOf = (id: string, version: string): WorkflowBlueprint => ({
      id: 'w',
      version,
      nodes: [{ id, uses: 'map', params: { over: 'items', each: 'asks' } }],
      edges: [],
    })
    await world.begin(mapOf('m', '1'))
    await world.migrate(mapOf('n', '1'), { m: 'n' })
    await world.migrate(mapOf('o', '1'), { n: 'o' })
    const run = world.process().open(mapOf('o', '1'), 'r')
    await run.status()
    await settle()
    await run.resume('ask-1', 'one')
    await run.resume('ask-2', 'two')
    expect((await run.result()).outputs).toEqual({
      o: [
        ['m', 'one'],
        ['m', 'two'],
      ],
    })
  })

  it('hands a child run that is under way on to the visit under its new name', async () => {
    const world = new World()
    await world.begin(blueprintOf(['s:sub']))
    await world.migrate(blueprintOf(['t:sub']), { s: 't' })
    const last = blueprintOf(['u:sub', 'z:say'], ['u>z'])
    await world.migrate(last, { t: 'u' })
    expect(world.journals.size).toBe(2)
    const runtime = world.process()
    const run = runtime.open(last, 'r')
    await run.status()
    await settle()
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['ask:u/ask'])
    await run.resume('ask', 'yes')
    expect((await run.result()).outputs).toEqual({ u: 'yes', z: 'z(yes)' })
    expect(world.calls).toEqual(['begin', 'z'])
  })

  it('is refused while a child run is under way whose workflow has another definition too', async () => {
    const world = new World()
    await world.begin(blueprintOf(['s:sub']))
    const other = { ...child, version: '2' }
    const { registry, journals } = world
    const store = memoryJournalStore({ journals })
    const runtime = new FlowRuntime({ registry, blueprints: { child: other }, store })
    await expect(runtime.open(blueprintOf(['s:sub']), 'r', { migrate: {} }).status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('another definition of workflow "child"')] },
    })
    await runtime.close()
    const kept = world.process().open(blueprintOf(['s:sub']), 'r')
    await kept.status()
    await settle()
    await kept.resume('ask', 'yes')
    expect((await kept.result()).output).toBe('yes')
  })

  it('is refused where another node would be taken for the one that child runs were started by', async () => {
    const world = new World()
    await world.begin(blueprintOf(['s:sub']))
    const runtime = world.process()
    const refused = runtime.open(blueprintOf(['t:sub', 's:sub']), 'r', { migrate: { map: { s: 't' } } })
    await expect(refused.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('give the other node "s" another id')] },
    })
  })

  it('that is refused names each node that is gone too, since a live visit may have been reached by it', async () => {
    const world = new World()
    const edges = ['x>y', 'y>w', 'z>w']
    await world.begin(blueprintOf(['x:say', 'y:say', 'z:say', 'w:wait'], edges))
    const after = blueprintOf(['x2:say', 'y2:say', 'z:say', 'w:wait'], ['x2>y2', 'y2>w', 'z>w'])
    const runtime = world.process()
    const refused = runtime.open(after, 'r', { migrate: {} })
    await expect(refused.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: {
        reasons: [
          'visit "w" is live, and "w" is not: it has not been reached, or was decided otherwise',
          'visit "x" had settled, and there is no node "x"; if it was renamed, name its new id in "map"',
          'visit "y" had settled, and there is no node "y"; if it was renamed, name its new id in "map"',
        ],
      },
    })
    await runtime.close()
    await world.migrate(after, { x: 'x2', y: 'y2' })
    const run = world.process().open(after, 'r')
    expect((await run.waits()).map(({ waitId }) => waitId)).toEqual(['w:w'])
  })

  it('is told of under the new names from then on, and under the old ones before', async () => {
    const world = new World()
    await world.begin(blueprintOf(['x:say', 'a:wait', 'e:say'], ['x>a', 'a>e']))
    const after = blueprintOf(['y:say', 'b:wait', 'e:say'], ['y>b', 'b>e'])
    await world.migrate(after, { x: 'y', a: 'b' })
    const runtime = world.process()
    const { reasons } = await runtime.explain(after, 'r')
    expect(reasons).toMatchObject([{ type: 'wait', waitId: 'a:b', nodeId: 'b' }])
    const journal = await runtime.open(after, 'r').journal()
    const migrated = journal.find(({ type }) => type === 'run.migrated')?.seq ?? 0
    const timeline = new Timeline(after, journal)
    const visitsAt = (seq: number): object => Object.fromEntries(timeline.at(seq).visits)
    expect(visitsAt(migrated - 1)).toEqual({ x: 'completed', a: 'waiting' })
    expect(visitsAt(migrated)).toEqual({ y: 'completed', b: 'waiting' })
    expect([...timeline.at(migrated).marks]).toEqual([['y>b#0@', 'taken']])
    expect([...timeline.at(migrated).waits.keys()]).toEqual(['a:b'])
  })

  it('renames a node in what it has added to the graph', async () => {
    const world = new World()
    await world.begin(blueprintOf(['g:grow', 'w:wait'], ['g>w']))
    await world.migrate(blueprintOf(['h:grow', 'w:wait'], ['h>w']), { g: 'h' })
    const run = world.process().open(blueprintOf(['h:grow', 'w:wait'], ['h>w']), 'r')
    await run.resume('w', 'yes')
    expect((await run.result()).outputs).toEqual({ h: 'grown', added: 'added(grown)', w: 'yes' })
    expect(world.calls).toEqual(['g', 'added'])
  })

  it('is refused for a run that has ended', async () => {
    const world = new World()
    await world.begin(blueprintOf(['x:say']))
    const run = world.process().open(blueprintOf(['x:say', 'n:say'], ['x>n']), 'r', { migrate: {} })
    await expect(run.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('has ended')] },
    })
  })

  it('leaves a visit failed for good whose new definition has no further attempt', async () => {
    const world = new World()
    const retry = { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 60_000 } } as const
    const before = blueprintOf(['w:wait'])
    const first = { ...before, nodes: [...before.nodes, { id: 'f', uses: 'fail', config: { retry } }] }
    const runtime = world.process()
    await runtime.start(first, 'in', { runId: 'r', onFailure: 'continue' })
    await settle()
    await runtime.close()
    const after = blueprintOf(['w:wait', 'f:fail'])
    const refused = world.process().open(after, 'r', { migrate: {} })
    await expect(refused.status()).rejects.toMatchObject({
      code: 'MIGRATION_REFUSED',
      details: { reasons: [expect.stringContaining('"f" is live')] },
    })
  })
})

describe('a runtime that recovers its runs', () => {
  it('goes on with one by the definition that it was migrated to, and not by the one that it began with', async () => {
    const world = new World()
    const [before, after] = [blueprintOf(['x:say', 'w:wait']), blueprintOf(['y:say', 'w:wait'])]
    await world.begin(before)
    await world.migrate(after, { x: 'y' })
    const old = world.process(before)
    expect(await old.recover()).toEqual([])
    await old.close()
    const [run, ...others] = await world.process(after).recover()
    expect(others).toEqual([])
    await run?.resume('w', 'yes')
    expect((await run?.result())?.outputs).toEqual({ y: 'x(in)', w: 'yes' })
  })
})
