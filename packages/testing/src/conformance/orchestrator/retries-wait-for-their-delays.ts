import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A failed attempt is tried again after its delay, up to maxAttempts in all. */
export const retriesWaitForTheirDelays: OrchestratorBehaviour = {
  name: 'a failed attempt is tried again after its delay, up to maxAttempts in all',
  run: async ({ run, expect, clock }) => {
    const retry = { maxAttempts: 3, backoff: { type: 'exponential', delayMs: 20, factor: 3 } } as const
    for (const succeedsAt of [3, 4]) {
      const attempts: number[] = []
      const times: number[] = []
      const registry = {
        a: ({ attempt }: NodeContext) => {
          attempts.push(attempt)
          times.push(clock.now())
          if (attempt < succeedsAt) throw new Error('not yet')
          return attempt
        },
      }
      const { result } = await run(flow({ a: { config: { retry } } }), { registry })
      expect(attempts).toEqual([1, 2, 3])
      const [first = 0, second = 0, third = 0] = times
      expect(second - first >= 20 && third - second >= 60).toBe(true)
      expect(result.status).toBe(succeedsAt === 3 ? 'completed' : 'failed')
    }
  },
}
