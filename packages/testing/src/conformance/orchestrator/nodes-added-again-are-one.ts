import { expand, type NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node that each iteration adds anew is one node of the result: one that ran once is not among the skipped ones. */
export const nodesAddedAgainAreOne: OrchestratorBehaviour = {
  name: 'a node that several iterations add, and that ran in one of them, is not among the skipped ones',
  run: async ({ run, expect }) => {
    const blueprint = flow({ plan: {} }, [['plan', 'plan', { condition: 'result.again' }]], { start: ['plan'] })
    const registry = {
      plan: ({ iteration }: NodeContext) => {
        const isFirst = iteration[0] === 0
        const edge = { source: 'plan', target: 'extra' }
        const edges = [isFirst ? edge : { ...edge, condition: 'false' }]
        return expand({ nodes: [{ id: 'extra', uses: 'work' }], edges }, { again: isFirst })
      },
      work: () => 'done',
    }
    const { result } = await run(blueprint, { registry })
    expect(result).toMatchObject({ status: 'completed', outputs: { extra: 'done' }, skipped: [] })
  },
}
