import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map with more failed items than it tolerates fails with MAP_FAILED. */
export const mapsFailPastWhatTheyTolerate: OrchestratorBehaviour = {
  name: 'a map with more failed items than it tolerates fails with MAP_FAILED',
  run: async ({ run, expect }) => {
    const registry = {
      each: ({ item }: NodeContext) => {
        throw new Error(`item ${String(item)}`)
      },
    }
    for (const tolerated of [undefined, { count: 1 }, { share: 0.5 }]) {
      const params = { each: 'each', ...(tolerated === undefined ? {} : { tolerated }) }
      const ended = await run(flow({ map: { params }, next: {} }, chain('map', 'next')), { input: [1, 2], registry })
      expect(ended.result.errors.map(({ code }) => code)).toEqual(['MAP_FAILED'])
      expect(ended.statuses()).toEqual({ map: 'failed', next: 'skipped' })
    }
  },
}
