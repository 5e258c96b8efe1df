import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A join of at least 2 is skipped when every edge is marked and fewer are taken. */
export const atLeastIsSkippedBelowN: OrchestratorBehaviour = {
  name: 'a join of at least 2 is skipped when every edge is marked and fewer are taken',
  run: async (harness) => {
    for (const marks of [
      ['taken', 'skipped', 'skipped'],
      ['failed', 'taken', 'skipped'],
    ] as const) {
      const run = await marksIntoJoin(harness, { atLeast: 2 }, ...marks)
      harness.expect(verdictOf(run), marks.join(' ')).toEqual([0, 'skipped', 'skipped'])
    }
  },
}
