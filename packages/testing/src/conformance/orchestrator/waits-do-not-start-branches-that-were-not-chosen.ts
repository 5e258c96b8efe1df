import { flow } from '../flow.ts'
import { rejection } from '../rejection.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A wait on a branch that was not chosen never opens, and resuming it starts nothing. */
export const waitsDoNotStartBranchesThatWereNotChosen: OrchestratorBehaviour = {
  name: 'a wait on a branch that was not chosen never opens, and resuming it starts nothing',
  run: async ({ prepare, expect }) => {
    const run = prepare(
      flow({ a: {}, ask: { uses: 'wait' }, other: { uses: 'wait' } }, [
        ['a', 'ask', { condition: 'false' }],
        ['a', 'other'],
      ]),
    )
    await run.drive()
    expect(await rejection(run.prepared.handle.resume('ask', 1))).toMatchObject({ code: 'WAIT_NOT_OPEN' })
    await run.prepared.handle.resume('other', 1)
    expect(await run.drive()).toMatchObject({ status: 'completed', skipped: ['ask'] })
  },
}
