import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { Migration } from './migration.ts'

const child: WorkflowBlueprint = { id: 'child', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

/** Processes one after the other on the same journals. */
class World {
  readonly journals: MemoryJournals = new Map()
  charged = 0
  private readonly registry: Registry = {
    charge: () => ++this.charged,
    say: ({ input }: NodeContext) => input,
    asks: ({ waitFor }: NodeContext) => waitFor('inner'),
  }

  process(): FlowRuntime {
    const store = memoryJournalStore({ journals: this.journals })
    return new FlowRuntime({ registry: this.registry, blueprints: { child }, store, clock: new VirtualClock() })
  }

  async begin(blueprint: WorkflowBlueprint): Promise<void> {
    const runtime = this.process()
    await runtime.start(blueprint, [1], { runId: 'r' })
    await settle()
    await runtime.close()
  }

  /** The reasons for which the run cannot go over to a definition; none if it can. */
  async reasons(blueprint: WorkflowBlueprint, migrate: Migration = {}): Promise<unknown> {
    const runtime = this.process()
    const [opened] = await Promise.allSettled([runtime.open(blueprint, 'r', { migrate }).status()])
    await settle()
    await runtime.close()
    if (opened.status === 'fulfilled') return []
    return (opened.reason as HeddleError).details['reasons']
  }
}

/** Nodes side by side. */
function blueprintOf(...nodes: readonly NodeDefinition[]): WorkflowBlueprint {
  return { id: 'order', nodes, edges: [] }
}

const charge = (id: string): NodeDefinition => ({ id, uses: 'charge' })
const wait: NodeDefinition = { id: 'w', uses: 'wait' }
const before = blueprintOf(charge('charge'), wait)
const after = blueprintOf(charge('chargeCard'), wait)

describe('the map of a migration', () => {
  it('is refused with an old id that no node has, if another one would be left behind: it would run again', async () => {
    const world = new World()
    await world.begin(before)
    expect(await world.reasons(after, { map: { chargr: 'chargeCard' } })).toEqual([
      '"map" names "chargr", and the run has no such node so far, but "charge", "w". Did you mean "charge"? Leave out what the run has not come to',
      'visit "charge" had settled, and there is no node "charge"; if it was renamed, name its new id in "map"',
    ])
    expect(await world.reasons(after, { map: { charge: 'chargeCard' } })).toEqual([])
    expect(world.charged).toBe(1)
  })

  it('is refused with a new id that no node has', async () => {
    const world = new World()
    await world.begin(before)
    expect(await world.reasons(after, { map: { charge: 'chargeCrad' } })).toEqual([
      '"map" gives "charge" the id "chargeCrad", and there is no such node, but "chargeCard", "w". Did you mean "chargeCard"?',
    ])
    expect(world.charged).toBe(1)
  })

  it('is refused if it makes one node of two', async () => {
    const world = new World()
    await world.begin(blueprintOf(charge('one'), charge('two'), wait))
    const both = { map: { one: 'chargeCard', two: 'chargeCard' } }
    expect(await world.reasons(after, both)).toEqual([
      'nodes "one" and "two" would both be "chargeCard"; give each one an id of its own in "map"',
    ])
  })

  it('may name nodes that the run has not come to', async () => {
    const world = new World()
    const line = (id: string): WorkflowBlueprint => ({
      ...blueprintOf(charge('charge'), wait, { id, uses: 'say' }),
      edges: [{ source: 'w', target: id }],
    })
    await world.begin(line('later'))
    expect(await world.reasons(line('afterwards'), { map: { later: 'afterwards' } })).toEqual([])
  })

  it.each([
    ['no object', 5],
    ['true', true],
    ['null', null],
    ['a list', []],
    ['something else than a map', { maps: { charge: 'chargeCard' } }],
    ['the ids themselves', { charge: 'chargeCard' }],
    ['a map that is a number', { map: 5 }],
    ['a map that is null', { map: null }],
    ['a map that is a list', { map: [['charge', 'chargeCard']] }],
    ['a map to something else than ids', { map: { charge: 7 } }],
  ])('is refused as an option if it is %s', async (_what, migrate) => {
    const world = new World()
    await world.begin(before)
    const runtime = world.process()
    const open = (): unknown => runtime.open(after, 'r', { migrate: migrate as Migration })
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

/** A node by what its visit waits for. */
const kinds: Readonly<Record<string, Omit<NodeDefinition, 'id'>>> = {
  wait: { uses: 'wait' },
  webhook: { uses: 'webhook', params: { announce: 'say' } },
  sleep: { uses: 'sleep', params: { durationMs: 60_000 } },
  map: { uses: 'map', params: { each: 'asks' } },
  subflow: { uses: 'subflow', params: { blueprintId: 'child' } },
  handler: { uses: 'asks' },
}

const names = Object.keys(kinds)
const ofKind = (kind: string): WorkflowBlueprint => blueprintOf({ id: 'a', uses: '', ...kinds[kind] }, charge('c'))

describe('a visit that waits', () => {
  it.each(names.flatMap((from) => names.flatMap((to) => (from === to ? [] : [[from, to] as const]))))(
    'as a %s does cannot go on as a %s: an answer would be accepted and lost',
    async (from, to) => {
      const world = new World()
      await world.begin(ofKind(from))
      expect(await world.reasons(ofKind(to))).toContain(
        `visit "a" waits for what a node of kind "${from}" goes on with, and node "a" is of kind "${to}" now; keep its kind, or let the run get past it first`,
      )
    },
  )

  it.each(names)('as a %s does goes on as one in another definition', async (kind) => {
    const world = new World()
    await world.begin(ofKind(kind))
    const renamed = blueprintOf({ id: 'b', uses: '', ...kinds[kind] }, charge('c'))
    expect(await world.reasons(renamed, { map: { a: 'b' } })).toEqual([])
  })
})
