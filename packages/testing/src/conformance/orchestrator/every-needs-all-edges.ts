import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An every join fires when all edges are taken, and is skipped when one is not. */
export const everyNeedsAllEdges: OrchestratorBehaviour = {
  name: 'an every join fires when all edges are taken, and is skipped when one is not',
  run: async (harness) => {
    harness
      .expect(verdictOf(await marksIntoJoin(harness, 'every', 'taken', 'taken')))
      .toEqual([1, 'completed', 'completed'])
    for (const marks of [
      ['taken', 'skipped'],
      ['failed', 'taken'],
    ] as const) {
      harness
        .expect(verdictOf(await marksIntoJoin(harness, 'every', ...marks)), marks.join(' '))
        .toEqual([0, 'skipped', 'skipped'])
    }
  },
}
