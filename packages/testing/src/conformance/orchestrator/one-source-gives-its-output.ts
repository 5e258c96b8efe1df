import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The input of a node with one predecessor is that one's output, undefined too. */
export const oneSourceGivesItsOutput: OrchestratorBehaviour = {
  name: "the input of a node with one predecessor is that one's output, undefined too",
  run: async ({ run, expect }) => {
    const registry = { a: () => undefined, b: ({ input, deps }: NodeContext) => [input, Object.keys(deps)] }
    const { result } = await run(flow(plain('a', 'b'), chain('a', 'b')), { registry, input: 'the input of the run' })
    expect(result.output).toEqual([undefined, ['a']])
  },
}
