import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A shared value, a field of the input and a node may have one name: neither takes the place of another. */
export const namesOfNodesAndValuesAreApart: OrchestratorBehaviour = {
  name: 'a shared value, a field of the input and a node may have one name: neither takes the place of another',
  run: async ({ run, expect }) => {
    const registry = {
      a: ({ context }: NodeContext) => {
        context.set('b', 'shared by a')
        return 'output of a'
      },
      b: ({ input, context }: NodeContext) => [input, context.get('a'), context.get('b')],
    }
    const { result } = await run(flow(plain('a', 'b'), chain('a', 'b')), {
      input: { a: 'given' },
      context: { a: 'shared' },
      registry,
    })
    expect(result.outputs).toMatchObject({ a: 'output of a', b: ['output of a', 'shared', 'shared by a'] })
    expect({ ...result.context }).toEqual({ a: 'shared', b: 'shared by a' })
  },
}
