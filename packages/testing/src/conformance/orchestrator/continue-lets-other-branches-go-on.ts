import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Under continue other branches go on, and the run fails with all partial outputs. */
export const continueLetsOtherBranchesGoOn: OrchestratorBehaviour = {
  name: 'under continue other branches go on, and the run fails with all partial outputs',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow(plain('bad', 'cut', 'good', 'better'), [...chain('bad', 'cut'), ...chain('good', 'better')])
    const registry = {
      bad: () => {
        throw new Error('broken')
      },
      good: () => sleep(20),
    }
    const ended = await run(blueprint, { registry, onFailure: 'continue' })
    expect(ended.result.status).toBe('failed')
    expect(ended.statuses()).toEqual({ bad: 'failed', cut: 'skipped', good: 'completed', better: 'completed' })
  },
}
