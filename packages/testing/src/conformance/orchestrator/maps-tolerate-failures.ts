import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map whose failed items are within what it tolerates completes, with undefined in their places. */
export const mapsTolerateFailures: OrchestratorBehaviour = {
  name: 'a map whose failed items are within what it tolerates completes, with undefined in their places',
  run: async ({ run, expect }) => {
    const registry = {
      each: ({ item }: NodeContext) => {
        if (item === 2) throw new Error('two')
        return item
      },
    }
    for (const tolerated of [{ count: 1 }, { share: 0.34 }]) {
      const { result } = await run(flow({ map: { params: { each: 'each', tolerated } } }), {
        input: [1, 2, 3],
        registry,
      })
      expect(result).toMatchObject({ status: 'completed', output: [1, undefined, 3] })
    }
  },
}
