import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An all join waits for its slowest edge, whatever the order in which they come. */
export const allWaitsForTheSlowest: OrchestratorBehaviour = {
  name: 'an all join waits for its slowest edge, whatever the order in which they come',
  run: async (harness) => {
    const { sleep, expect } = harness
    for (const slow of ['a', 'b', 'c']) {
      const handler = async ({ nodeId }: NodeContext): Promise<string> => {
        await sleep(nodeId === slow ? 30 : 1)
        return nodeId.toUpperCase()
      }
      const blueprint = flow(plain('a', 'b', 'c', 'join'), [
        ['a', 'join'],
        ['b', 'join'],
        ['c', 'join'],
      ])
      const registry = { a: handler, b: handler, c: handler, join: ({ deps }: NodeContext) => ({ ...deps }) }
      const { result } = await harness.run(blueprint, { registry })
      expect(result.output).toEqual({ a: 'A', b: 'B', c: 'C' })
    }
  },
}
