import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** All attempts of a visit have the same idempotency key, and no two visits share one. */
export const attemptsOfAVisitShareTheirIdempotencyKey: OrchestratorBehaviour = {
  name: 'all attempts of a visit have the same idempotency key, and no two visits share one',
  run: async ({ run, expect }) => {
    const keys: string[] = []
    const handler = ({ attempt, idempotencyKey }: NodeContext): void => {
      keys.push(idempotencyKey)
      if (attempt === 1) throw new Error('again')
    }
    const config = { retry: { maxAttempts: 2 } }
    await run(flow({ a: { config }, b: { config } }, chain('a', 'b')), { registry: { a: handler, b: handler } })
    expect(keys.map((key) => keys.indexOf(key))).toEqual([0, 0, 2, 2])
  },
}
