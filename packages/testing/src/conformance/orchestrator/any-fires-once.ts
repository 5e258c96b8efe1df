import { marksIntoJoin, verdictOf } from '../marks-into-join.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An any join with three parents of different speed fires once, and the losers run on. */
export const anyFiresOnce: OrchestratorBehaviour = {
  name: 'an any join with three parents of different speed fires once, and the losers run on',
  run: async (harness) => {
    const run = await marksIntoJoin(harness, 'any', 'taken', 'taken', 'taken')
    harness.expect(verdictOf(run)).toEqual([1, 'completed', 'completed'])
    harness.expect(run.statuses()).toMatchObject({ s0: 'completed', s1: 'completed', s2: 'completed' })
  },
}
