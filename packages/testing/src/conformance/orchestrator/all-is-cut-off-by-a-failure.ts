import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An all join is cut off when one edge is failed, even if others are taken. */
export const allIsCutOffByAFailure: OrchestratorBehaviour = {
  name: 'an all join is cut off when one edge is failed, even if others are taken',
  run: async (harness) => {
    const run = await marksIntoJoin(harness, 'all', 'taken', 'failed', 'skipped')
    harness.expect(verdictOf(run)).toEqual([0, 'skipped', 'skipped'])
    harness.expect(run.result.status).toBe('failed')
  },
}
