import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A transform changes what its target receives, and nobody else. */
export const transformsChangeWhatTheTargetReceives: OrchestratorBehaviour = {
  name: 'a transform changes what its target receives, and nobody else',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'b', 'c'), [
      ['a', 'b', { transform: '{"half": result / 2.0}' }],
      ['a', 'c'],
    ])
    const registry = {
      a: () => 8,
      b: ({ input, deps }: NodeContext) => [input, deps['a']],
      c: ({ input }: NodeContext) => input,
    }
    const { result } = await run(blueprint, { registry })
    expect(result.outputs).toEqual({ a: 8, b: [{ half: 4 }, { half: 4 }], c: 8 })
  },
}
