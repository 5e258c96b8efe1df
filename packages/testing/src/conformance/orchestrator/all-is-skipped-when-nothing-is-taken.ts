import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An all join is skipped when every edge is skipped. */
export const allIsSkippedWhenNothingIsTaken: OrchestratorBehaviour = {
  name: 'an all join is skipped when every edge is skipped',
  run: async (harness) => {
    harness
      .expect(verdictOf(await marksIntoJoin(harness, 'all', 'skipped', 'skipped')))
      .toEqual([0, 'skipped', 'skipped'])
  },
}
