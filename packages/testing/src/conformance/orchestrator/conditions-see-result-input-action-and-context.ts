import { route, type NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Conditions see the result, the action, the run's input and the shared values after the source's own writes. */
export const conditionsSeeResultInputActionAndContext: OrchestratorBehaviour = {
  name: "conditions see the result, the action, the run's input and the shared values after the source's own writes",
  run: async ({ run, expect }) => {
    const condition = 'result.n == 2 && input.n == 1 && action == "go" && context.n == 3'
    const blueprint = flow(plain('a', 'b'), [['a', 'b', { condition }]])
    const a = ({ context }: NodeContext): unknown => {
      context.set('n', 3)
      return route('go', { n: 2 })
    }
    const { calls } = await run(blueprint, { input: { n: 1 }, registry: { a } })
    expect(calls).toEqual(['a', 'b'])
  },
}
