import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An error edge is skipped when its source succeeds. */
export const errorEdgesAreSkippedOnSuccess: OrchestratorBehaviour = {
  name: 'an error edge is skipped when its source succeeds',
  run: async ({ run, expect }) => {
    const { result } = await run(
      flow(plain('a', 'next', 'rescue'), [
        ['a', 'next'],
        ['a', 'rescue', { on: 'error' }],
      ]),
    )
    expect(result).toMatchObject({ status: 'completed', skipped: ['rescue'] })
  },
}
