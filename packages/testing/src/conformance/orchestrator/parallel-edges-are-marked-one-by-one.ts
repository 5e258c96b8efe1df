import { route, type NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Parallel edges between two nodes are marked one by one, and the target runs once. */
export const parallelEdgesAreMarkedOneByOne: OrchestratorBehaviour = {
  name: 'parallel edges between two nodes are marked one by one, and the target runs once',
  run: async ({ run, expect }) => {
    const edges = [
      ['a', 'b', { action: 'one' }],
      ['a', 'b', { action: 'two' }],
    ] as const
    const { calls, result } = await run(flow(plain('a', 'b'), edges), {
      registry: { a: () => route('two', 5), b: ({ input }: NodeContext) => input },
    })
    expect(calls).toEqual(['a', 'b'])
    expect(result.output).toBe(5)
    const every = await run(flow({ a: {}, b: { config: { joinStrategy: 'settled' } } }, edges), {
      registry: { a: () => route('two', 5) },
    })
    expect(every.calls).toEqual(['a', 'b'])
  },
}
