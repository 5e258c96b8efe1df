import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An any join is skipped when no edge is taken. */
export const anyIsSkippedWhenNothingIsTaken: OrchestratorBehaviour = {
  name: 'an any join is skipped when no edge is taken',
  run: async (harness) => {
    for (const marks of [
      ['skipped', 'skipped'],
      ['skipped', 'failed'],
    ] as const) {
      harness
        .expect(verdictOf(await marksIntoJoin(harness, 'any', ...marks)), marks.join(' '))
        .toEqual([0, 'skipped', 'skipped'])
    }
  },
}
