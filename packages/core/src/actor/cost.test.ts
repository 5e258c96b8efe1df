import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { Cluster } from '../../test/cluster.ts'
import type { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { expand } from '../model/node-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'

/** What went over the line to and from a store. */
interface Traffic {
  commits: number
  /** How often an event had to be decided again, since cells of it had not come along. */
  fetches: number
  operations: number
  /** Cells that were read or written. */
  cells: number
  /** All that was read or written, as JSON text. */
  characters: number
}

const noTraffic: Traffic = { commits: 0, fetches: 0, operations: 0, cells: 0, characters: 0 }

function metered(traffic: Traffic): (clock: VirtualClock) => ICoordinationStore {
  const countCells = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key === 'cells' && !Array.isArray(value)) traffic.cells += Object.keys(value as object).length
      else if (key === 'turn' || key === 'standing' || key === 'changes') countCells(value)
    }
  }
  const count = (part: unknown): void => {
    countCells(part)
    traffic.characters += JSON.stringify(part ?? null).length
  }
  return (clock) =>
    aroundStore(memoryCoordinationStore({ clock }), async ({ name, parameters, carryOut }) => {
      if (name === 'commit' || name === 'settle') traffic.commits++
      if (name === 'fetch') traffic.fetches++
      traffic.operations++
      for (const parameter of parameters) count(parameter)
      const reply = await carryOut()
      count(reply)
      return reply
    })
}

function chainOf(length: number): WorkflowBlueprint {
  const ids = idsOf(length)
  return {
    id: 'chain',
    nodes: ids.map((id) => ({ id, uses: 'work' })),
    edges: ids.slice(1).map((target, index) => ({ source: ids[index] as string, target })),
  }
}

/** Blueprints by what of them grows with a number. */
const shapes: Readonly<Record<string, (size: number) => WorkflowBlueprint>> = {
  'start nodes': (size) => ({ id: 'starts', nodes: idsOf(size).map((id) => ({ id, uses: 'work' })), edges: [] }),
  'a chain': chainOf,
  'branches of a fan-out that meet again': (size) => fanOf(size),
  'items of a map': (size) => ({
    id: 'map',
    nodes: [{ id: 'map', uses: 'map', params: { over: 'list', each: 'work', concurrency: 10 }, inputs: `${size}` }],
    edges: [],
  }),
  'iterations of a loop': (size) => ({
    id: 'loop',
    start: ['turn'],
    nodes: [
      { id: 'turn', uses: 'turn', config: { maxIterations: size } },
      { id: 'done', uses: 'work' },
    ],
    edges: [
      { source: 'turn', target: 'turn', condition: `result < ${size}.0` },
      { source: 'turn', target: 'done', condition: `result >= ${size}.0` },
    ],
  }),
}

function idsOf(size: number): string[] {
  return Array.from({ length: size }, (_, index) => `n${index}`)
}

function fanOf(size: number, branch: string = 'work'): WorkflowBlueprint {
  const ids = idsOf(size)
  return {
    id: 'fan',
    nodes: [{ id: 'split', uses: 'work' }, ...ids.map((id) => ({ id, uses: branch })), { id: 'join', uses: 'work' }],
    edges: ids.flatMap((id) => [
      { source: 'split', target: id },
      { source: id, target: 'join' },
    ]),
  }
}

/** Branches that are not chosen, with a node behind each. */
function unchosenFan(size: number): WorkflowBlueprint {
  const ids = idsOf(size)
  return {
    id: 'unchosen',
    nodes: ['split', ...ids, ...ids.map((id) => `behind-${id}`)].map((id) => ({ id, uses: 'work' })),
    edges: ids.flatMap((id) => [
      { source: 'split', target: id, condition: 'false' },
      { source: id, target: `behind-${id}` },
    ]),
  }
}

const registry: Registry = {
  add: () => {
    const nodes = idsOf(1000).map((id) => ({ id, uses: 'work' }))
    return expand({ nodes, edges: nodes.map(({ id }) => ({ source: 'add', target: id })) })
  },
  work: () => 1,
  list: ({ input }) => Array.from({ length: Number(input) }, (_, item) => item),
  turn: ({ iteration }: NodeContext) => (iteration[0] ?? 0) + 1,
}

async function trafficOf(blueprint: WorkflowBlueprint): Promise<Traffic> {
  const traffic: Traffic = { ...noTraffic }
  const cluster = new Cluster({ registry, store: metered(traffic) })
  await cluster.start(blueprint, null)
  await cluster.run()
  return traffic
}

describe('the cost of a settlement', () => {
  it('does not grow with the graph', async () => {
    const small = await trafficOf(chainOf(100))
    const large = await trafficOf(chainOf(10_000))
    expect(large.cells / 10_000).toBeLessThanOrEqual(small.cells / 100 + 0.1)
    expect(large.cells / 10_000).toBeLessThan(9)
    // The beginning is written with the start.
    expect(large.commits).toBe(10_000)
  }, 60_000)

  it.each(Object.entries(shapes))(
    'of each one is the same however many there are: %s',
    async (_what, shapeOf) => {
      const small = await trafficOf(shapeOf(100))
      const large = await trafficOf(shapeOf(1600))
      // Not quite: jobs are handed out in random order, and large numbers have more digits.
      const growth = (['operations', 'cells', 'characters'] as const).map((what) => large[what] / small[what])
      for (const factor of growth) expect(factor).toBeLessThan(16 * 1.1)
    },
    60_000,
  )

  it('does not grow with what begins with it: start nodes are decided in one go', async () => {
    const { fetches } = await trafficOf(shapes['start nodes']?.(1000) as WorkflowBlueprint)
    expect(fetches).toBeLessThan(3)
  }, 60_000)

  it('is decided in few goes, however far a skip spreads and however much a handler adds', async () => {
    const skipped = await trafficOf(unchosenFan(1000))
    expect(skipped.fetches).toBeLessThan(8)
    const added = await trafficOf({ id: 'adding', nodes: [{ id: 'add', uses: 'add' }], edges: [] })
    expect(added.fetches).toBeLessThan(3)
  }, 60_000)

  it('is shared by siblings that finish together: a fan-in of 1,000 costs few turns', async () => {
    const traffic: Traffic = { ...noTraffic }
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const cluster = new Cluster({ registry: { ...registry, branch: () => gate }, store: metered(traffic) })
    await cluster.start(fanOf(1000, 'branch'), null)
    await cluster.work()
    traffic.commits = 0
    open()
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect(traffic.commits).toBeLessThan(16)
  }, 60_000)
})
