import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An all join fires when every edge is marked and at least one is taken. */
export const allFiresWhenTheChosenEdgesAreTaken: OrchestratorBehaviour = {
  name: 'an all join fires when every edge is marked and at least one is taken',
  run: async (harness) => {
    harness
      .expect(verdictOf(await marksIntoJoin(harness, 'all', 'taken', 'taken')))
      .toEqual([1, 'completed', 'completed'])
    harness
      .expect(verdictOf(await marksIntoJoin(harness, 'all', 'skipped', 'taken', 'skipped')))
      .toEqual([1, 'completed', 'completed'])
  },
}
