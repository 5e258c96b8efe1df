import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An exit that is taken again by a later iteration counts once, and warns. */
export const exitsTakenAgainWarn: OrchestratorBehaviour = {
  name: 'an exit that is taken again by a later iteration counts once, and warns',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      plain('head', 'out'),
      [
        ['head', 'head', { condition: 'result < 3' }],
        ['head', 'out'],
      ],
      { start: ['head'] },
    )
    const ended = await run(blueprint, { registry: { head: ({ iteration }: NodeContext) => Number(iteration[0]) + 1 } })
    expect(ended.calls.filter((key) => key === 'out')).toEqual(['out'])
    expect(ended.warnings()).toEqual(['EXIT_RETAKEN head', 'EXIT_RETAKEN head'])
  },
}
