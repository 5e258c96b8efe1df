import { route } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An edge with action and condition is taken if both hold. */
export const edgesWithActionAndConditionNeedBoth: OrchestratorBehaviour = {
  name: 'an edge with action and condition is taken if both hold',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'both', 'either'), [
      ['a', 'both', { action: 'go', condition: 'result > 1' }],
      ['a', 'either', { action: 'go' }],
    ])
    for (const [action, output, taken] of [
      ['go', 2, true],
      ['go', 1, false],
      ['stay', 2, false],
    ] as const) {
      const { calls } = await run(blueprint, { registry: { a: () => route(action, output) } })
      expect(calls.includes('both'), `${action} ${output}`).toBe(taken)
    }
  },
}
