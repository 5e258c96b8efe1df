import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A sleep is waited out by its duration, and hands on its input. */
export const sleepsAreWaitedOut: OrchestratorBehaviour = {
  name: 'a sleep is waited out by its duration, and hands on its input',
  run: async ({ run, expect, clock }) => {
    const before = clock.now()
    const registry = { until: () => clock.now() + 20, b: ({ input }: NodeContext) => input }
    const blueprint = flow(
      {
        nap: { uses: 'sleep', params: { durationMs: 30 } },
        again: { uses: 'sleep', params: { until: 'until' } },
        b: {},
      },
      chain('nap', 'again', 'b'),
    )
    const { result } = await run(blueprint, { input: 'morning', registry })
    expect(result).toMatchObject({ status: 'completed', output: 'morning' })
    expect(clock.now() - before >= 50).toBe(true)
  },
}
