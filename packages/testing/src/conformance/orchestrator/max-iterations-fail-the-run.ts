import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A loop that goes past its maxIterations fails the run. */
export const maxIterationsFailTheRun: OrchestratorBehaviour = {
  name: 'a loop that goes past its maxIterations fails the run',
  run: async ({ run, expect }) => {
    const blueprint = flow({ head: { config: { maxIterations: 4 } } }, chain('head', 'head'), { start: ['head'] })
    const { result, calls } = await run(blueprint)
    expect(calls.length).toBe(4)
    expect(result.status).toBe('failed')
    expect(result.errors.map(({ code }) => code)).toEqual(['MAX_ITERATIONS'])
  },
}
