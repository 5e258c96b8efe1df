import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map over nothing completes with an empty list. */
export const mapsOverNothing: OrchestratorBehaviour = {
  name: 'a map over nothing completes with an empty list',
  run: async ({ run, expect }) => {
    const blueprint = flow({ map: { params: { each: 'each' } }, next: {} }, chain('map', 'next'))
    const { result, calls } = await run(blueprint, {
      input: [],
      registry: { each: () => 1, next: ({ input }: NodeContext) => input },
    })
    expect(result).toMatchObject({ status: 'completed', output: [] })
    expect(calls).toEqual(['next'])
  },
}
