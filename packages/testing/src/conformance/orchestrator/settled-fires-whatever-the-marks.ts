import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A settled join fires when all edges are marked, whatever the marks. */
export const settledFiresWhateverTheMarks: OrchestratorBehaviour = {
  name: 'a settled join fires when all edges are marked, whatever the marks',
  run: async (harness) => {
    for (const marks of [
      ['taken', 'failed', 'skipped'],
      ['skipped', 'skipped'],
      ['failed', 'failed'],
      ['taken', 'taken'],
    ] as const) {
      harness
        .expect(verdictOf(await marksIntoJoin(harness, 'settled', ...marks)), marks.join(' '))
        .toEqual([1, 'completed', 'completed'])
    }
  },
}
