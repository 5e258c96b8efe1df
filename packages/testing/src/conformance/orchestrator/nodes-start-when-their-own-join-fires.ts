import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node starts as soon as its own join fires, with no barrier between batches. */
export const nodesStartWhenTheirOwnJoinFires: OrchestratorBehaviour = {
  name: 'a node starts as soon as its own join fires, with no barrier between batches',
  run: async ({ run, expect, sleep }) => {
    const order: string[] = []
    const blueprint = flow(plain('slow', 'quick', 'next', 'last'), chain('quick', 'next', 'last'))
    const registry = {
      slow: async () => {
        await sleep(50)
        order.push('slow')
      },
      last: () => order.push('last'),
    }
    await run(blueprint, { registry })
    expect(order).toEqual(['last', 'slow'])
  },
}
