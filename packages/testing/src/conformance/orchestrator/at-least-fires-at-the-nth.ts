import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A join of at least 2 of 3 fires once, at the second taken edge. */
export const atLeastFiresAtTheNth: OrchestratorBehaviour = {
  name: 'a join of at least 2 of 3 fires once, at the second taken edge',
  run: async (harness) => {
    for (const marks of [
      ['taken', 'taken', 'taken'],
      ['taken', 'skipped', 'taken'],
      ['failed', 'taken', 'taken'],
    ] as const) {
      const run = await marksIntoJoin(harness, { atLeast: 2 }, ...marks)
      harness.expect(verdictOf(run), marks.join(' ')).toEqual([1, 'completed', 'completed'])
    }
  },
}
