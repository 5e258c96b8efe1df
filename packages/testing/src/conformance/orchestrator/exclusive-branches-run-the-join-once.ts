import { route, type NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Exclusive branches into an all join run the join once. */
export const exclusiveBranchesRunTheJoinOnce: OrchestratorBehaviour = {
  name: 'exclusive branches into an all join run the join once',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('pick', 'left', 'right', 'join'), [
      ['pick', 'left', { action: 'left' }],
      ['pick', 'right', { action: 'right' }],
      ['left', 'join'],
      ['right', 'join'],
    ])
    for (const [chosen, other] of [
      ['left', 'right'],
      ['right', 'left'],
    ] as const) {
      const registry = { pick: () => route(chosen), join: ({ input }: NodeContext) => input }
      const { calls, result } = await run(blueprint, { registry })
      expect(calls).toEqual(['pick', chosen, 'join'])
      expect(result).toMatchObject({ status: 'completed', output: { [chosen]: chosen }, skipped: [other] })
    }
  },
}
