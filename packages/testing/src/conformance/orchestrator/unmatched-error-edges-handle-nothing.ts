import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An error edge that is not taken handles nothing. */
export const unmatchedErrorEdgesHandleNothing: OrchestratorBehaviour = {
  name: 'an error edge that is not taken handles nothing',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'rescue'), [
      ['a', 'rescue', { on: 'error', condition: 'result.message == "another"' }],
    ])
    const ended = await run(blueprint, {
      registry: {
        a: () => {
          throw new Error('broken')
        },
      },
    })
    expect(ended.result.status).toBe('failed')
    expect(ended.statuses()).toEqual({ a: 'failed', rescue: 'skipped' })
  },
}
