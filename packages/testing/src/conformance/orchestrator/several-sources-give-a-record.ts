import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The input of a node with several predecessors is a record of the outputs of the taken ones, even if only one was taken. */
export const severalSourcesGiveARecord: OrchestratorBehaviour = {
  name: 'the input of a node with several predecessors is a record of the outputs of the taken ones, even if only one was taken',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'b', 'c', 'd'), [
      ['a', 'd'],
      ['b', 'd'],
      ['c', 'd', { condition: 'false' }],
    ])
    const { result } = await run(blueprint, { registry: { d: ({ input }: NodeContext) => ({ ...(input as object) }) } })
    expect(result.output).toEqual({ a: 'a', b: 'b' })
  },
}
