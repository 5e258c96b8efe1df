import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A fallback that nobody needed is skipped. */
export const unneededFallbacksAreSkipped: OrchestratorBehaviour = {
  name: 'a fallback that nobody needed is skipped',
  run: async ({ run, expect }) => {
    const { result, calls } = await run(flow({ a: { config: { fallback: 'spare' } }, spare: {} }))
    expect(calls).toEqual(['a'])
    expect(result).toMatchObject({ status: 'completed', output: 'a', skipped: ['spare'] })
  },
}
