import { describe, expect, it } from 'vitest'
import { Cluster } from '../../test/cluster.ts'
import type { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'

/** What went over the line to and from a store. */
interface Traffic {
  commits: number
  operations: number
  /** Cells that were read or written. */
  cells: number
}

function metered(traffic: Traffic): (clock: VirtualClock) => ICoordinationStore {
  const countCells = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key === 'cells' && !Array.isArray(value)) traffic.cells += Object.keys(value as object).length
      else if (key === 'turn') countCells(value)
    }
  }
  return (clock) =>
    new Proxy(memoryCoordinationStore({ clock }), {
      get: (store, name) => {
        const operation = Reflect.get(store, name) as (...parameters: unknown[]) => Promise<unknown>
        return async (...parameters: unknown[]) => {
          if (name === 'commit') traffic.commits++
          traffic.operations++
          for (const parameter of parameters) countCells(parameter)
          const reply = await operation.apply(store, parameters)
          countCells(reply)
          return reply
        }
      },
    })
}

function chainOf(length: number): WorkflowBlueprint {
  const ids = Array.from({ length }, (_, index) => `n${index}`)
  return {
    id: 'chain',
    nodes: ids.map((id) => ({ id, uses: 'work' })),
    edges: ids.slice(1).map((target, index) => ({ source: ids[index] as string, target })),
  }
}

async function trafficOf(blueprint: WorkflowBlueprint, work: () => unknown = () => 1): Promise<Traffic> {
  const traffic: Traffic = { commits: 0, operations: 0, cells: 0 }
  const cluster = new Cluster({ registry: { work }, store: metered(traffic) })
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
    expect(large.commits).toBe(10_001)
  }, 60_000)

  it('is shared by siblings that finish together: a fan-in of 1,000 costs few turns', async () => {
    const traffic: Traffic = { commits: 0, operations: 0, cells: 0 }
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const registry = { split: () => 1, work: () => gate, join: () => 2 }
    const ids = Array.from({ length: 1000 }, (_, index) => `n${index}`)
    const blueprint = {
      id: 'fan',
      nodes: [{ id: 'split', uses: 'split' }, ...ids.map((id) => ({ id, uses: 'work' })), { id: 'join', uses: 'join' }],
      edges: ids.flatMap((id) => [
        { source: 'split', target: id },
        { source: id, target: 'join' },
      ]),
    }
    const cluster = new Cluster({ registry, store: metered(traffic) })
    await cluster.start(blueprint, null)
    await cluster.work()
    traffic.commits = 0
    open()
    await expect(cluster.run()).resolves.toMatchObject({ status: 'completed' })
    expect(traffic.commits).toBeLessThan(16)
  }, 60_000)
})
