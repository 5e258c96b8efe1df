import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node with an edge to itself repeats, each time with the output of the time before. */
export const selfLoopsRepeatANode: OrchestratorBehaviour = {
  name: 'a node with an edge to itself repeats, each time with the output of the time before',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      plain('count', 'end'),
      [
        ['count', 'count', { condition: 'result < 5' }],
        ['count', 'end', { condition: 'result >= 5' }],
      ],
      { start: ['count'] },
    )
    const registry = { count: ({ input }: NodeContext<number>) => input + 1, end: ({ input }: NodeContext) => input }
    const { result, calls } = await run(blueprint, { input: 0, registry })
    expect(result).toMatchObject({ status: 'completed', output: 5 })
    expect(calls).toEqual(['count@0', 'count@1', 'count@2', 'count@3', 'count@4', 'end'])
  },
}
