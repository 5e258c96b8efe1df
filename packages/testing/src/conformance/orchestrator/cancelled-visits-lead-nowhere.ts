import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A cancelled visit skips its edges: what only it leads to is skipped, and a join behind it goes on with the rest. */
export const cancelledVisitsLeadNowhere: OrchestratorBehaviour = {
  name: 'a cancelled visit skips its edges: what only it leads to is skipped, and a join behind it goes on with the rest',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      quick: () => sleep(20),
      slow: () => sleep(60_000),
      join: ({ deps }: NodeContext) => Object.keys(deps),
    }
    const blueprint = flow({ quick: { config: { cancels: ['slow'] } }, slow: {}, behind: {}, join: {} }, [
      ['slow', 'behind'],
      ['slow', 'join'],
      ['quick', 'join'],
    ])
    const ended = await run(blueprint, { registry })
    expect(ended.statuses()).toEqual({ quick: 'completed', slow: 'cancelled', behind: 'skipped', join: 'completed' })
    expect(ended.result.outputs['join']).toEqual(['quick'])
  },
}
