import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Every node without incoming edges starts with the run, and gets its input. */
export const parallelStartsAllRun: OrchestratorBehaviour = {
  name: 'every node without incoming edges starts with the run, and gets its input',
  run: async ({ run, expect }) => {
    const registry = { a: ({ input }: NodeContext) => input, b: ({ input }: NodeContext) => input }
    const { result } = await run(flow(plain('a', 'b')), { input: { n: 1 }, registry })
    expect(result.output).toEqual({ a: { n: 1 }, b: { n: 1 } })
  },
}
