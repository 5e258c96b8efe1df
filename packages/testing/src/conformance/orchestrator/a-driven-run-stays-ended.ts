import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Driving a run that has ended changes nothing. */
export const aDrivenRunStaysEnded: OrchestratorBehaviour = {
  name: 'driving a run that has ended changes nothing',
  run: async ({ prepare, expect }) => {
    const run = prepare(flow(plain('a', 'b'), chain('a', 'b')))
    await run.drive()
    const count = run.events.length
    expect(await run.drive()).toMatchObject({ status: 'completed', output: 'b' })
    expect([run.calls, run.events.length]).toEqual([['a', 'b'], count])
  },
}
