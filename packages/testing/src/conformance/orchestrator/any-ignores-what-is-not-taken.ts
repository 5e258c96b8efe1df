import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An any join fires at a taken edge, whether others are skipped or failed before or after it. */
export const anyIgnoresWhatIsNotTaken: OrchestratorBehaviour = {
  name: 'an any join fires at a taken edge, whether others are skipped or failed before or after it',
  run: async (harness) => {
    for (const marks of [
      ['skipped', 'taken'],
      ['taken', 'skipped'],
      ['failed', 'taken'],
      ['taken', 'failed'],
    ] as const) {
      harness
        .expect(verdictOf(await marksIntoJoin(harness, 'any', ...marks)), marks.join(' '))
        .toEqual([1, 'completed', 'completed'])
    }
  },
}
