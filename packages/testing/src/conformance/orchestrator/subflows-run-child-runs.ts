import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A subflow runs another workflow with a state of its own, and its output is the child's. */
export const subflowsRunChildRuns: OrchestratorBehaviour = {
  name: "a subflow runs another workflow with a state of its own, and its output is the child's",
  run: async ({ run, expect }) => {
    const blueprints = { child: flow(plain('x', 'y'), chain('x', 'y'), { id: 'child' }) }
    const blueprint = flow(
      { sub: { uses: 'subflow', params: { blueprintId: 'child', input: 'double' } }, next: {} },
      chain('sub', 'next'),
    )
    const registry = {
      double: ({ input }: NodeContext<number>) => 2 * input,
      x: ({ input, context, runId }: NodeContext<number>) => {
        context.set('seen', runId)
        return input + 1
      },
      y: ({ input }: NodeContext) => input,
      next: ({ input }: NodeContext) => input,
    }
    const { result } = await run(blueprint, { input: 5, blueprints, registry })
    expect(result).toMatchObject({ status: 'completed', output: 11 })
    expect({ ...result.context }).toEqual({})
  },
}
