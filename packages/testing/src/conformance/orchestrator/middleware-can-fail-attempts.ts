import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** What middleware throws fails the attempt, and each retry passes through it. */
export const middlewareCanFailAttempts: OrchestratorBehaviour = {
  name: 'what middleware throws fails the attempt, and each retry passes through it',
  run: async ({ run, expect }) => {
    let passes = 0
    const middleware = [
      (_context: NodeContext, next: () => Promise<unknown>) => {
        if (++passes < 3) throw new Error('refused')
        return next()
      },
    ]
    const { result, calls } = await run(flow({ a: { config: { retry: { maxAttempts: 3 } } } }), { middleware })
    expect([result.status, passes, calls]).toEqual(['completed', 3, ['a']])
  },
}
