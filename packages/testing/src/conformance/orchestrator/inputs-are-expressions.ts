import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The input of a node with inputs is what the expression says, or a record of expressions. */
export const inputsAreExpressions: OrchestratorBehaviour = {
  name: 'the input of a node with inputs is what the expression says, or a record of expressions',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      { a: {}, one: { inputs: 'deps.a.n + input.n' }, many: { inputs: { n: 'deps.a.n', all: 'context.all' } } },
      [...chain('a', 'one'), ...chain('a', 'many')],
    )
    const own = ({ input }: NodeContext): unknown => (typeof input === 'object' ? { ...input } : input)
    const registry = { a: () => ({ n: 2 }), one: own, many: own }
    const { result } = await run(blueprint, { registry, input: { n: 3 }, context: { all: [1] } })
    expect(result.outputs).toMatchObject({ one: 5, many: { n: 2, all: [1] } })
  },
}
