import { route } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An action that matches no edge starts nothing and warns. */
export const unroutedActionStartsNothing: OrchestratorBehaviour = {
  name: 'an action that matches no edge starts nothing and warns',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('pick', 'left', 'right', 'free'), [
      ['pick', 'left', { action: 'left' }],
      ['pick', 'right', { action: 'right' }],
      ['pick', 'free'],
    ])
    const ended = await run(blueprint, { registry: { pick: () => route('up') } })
    expect(ended.calls).toEqual(['pick', 'free'])
    expect(ended.warnings()).toEqual(['UNROUTED_ACTION pick'])
    expect(ended.result).toMatchObject({ status: 'completed', skipped: ['left', 'right'] })
    const without = await run(blueprint)
    expect(without.warnings()).toEqual(['UNROUTED_ACTION pick'])
    const routed = await run(blueprint, { registry: { pick: () => route('left') } })
    expect(routed.warnings()).toEqual([])
  },
}
