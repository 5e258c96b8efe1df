import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A named start node counts the beginning of the run as one more taken edge. */
export const namedStartNodesCountTheBeginning: OrchestratorBehaviour = {
  name: 'a named start node counts the beginning of the run as one more taken edge',
  run: async ({ run, expect }) => {
    const blueprint = flow({ a: {}, b: { config: { joinStrategy: 'any' } } }, chain('a', 'b'), { start: ['a', 'b'] })
    const { calls, result } = await run(blueprint)
    expect([...calls].sort()).toEqual(['a', 'b'])
    expect(result.status).toBe('completed')
  },
}
