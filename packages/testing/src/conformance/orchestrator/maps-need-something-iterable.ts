import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map over something that is not iterable fails with MAP_NOT_ITERABLE. */
export const mapsNeedSomethingIterable: OrchestratorBehaviour = {
  name: 'a map over something that is not iterable fails with MAP_NOT_ITERABLE',
  run: async ({ run, expect }) => {
    const { result } = await run(flow({ map: { params: { each: 'each' } } }), { input: 5, registry: { each: () => 1 } })
    expect(result.errors.map(({ code }) => code)).toEqual(['MAP_NOT_ITERABLE'])
  },
}
