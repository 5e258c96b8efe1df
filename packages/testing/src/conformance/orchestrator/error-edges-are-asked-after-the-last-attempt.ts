import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Error edges are asked once the last attempt has failed: one that cannot say anything about an earlier failure does no harm. */
export const errorEdgesAreAskedAfterTheLastAttempt: OrchestratorBehaviour = {
  name: 'error edges are asked after the last attempt only',
  run: async ({ run, expect }) => {
    let calls = 0
    const registry = {
      a: () => {
        calls++
        if (calls < 3) throw new Error('broken')
        return calls
      },
    }
    const blueprint = flow({ a: { config: { retry: { maxAttempts: 3 } } }, rescue: {} }, [
      ['a', 'rescue', { on: 'error', condition: 'result.absent == 1' }],
    ])
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({ status: 'completed', outputs: { a: 3 }, skipped: ['rescue'] })
    expect(calls).toBe(3)
  },
}
