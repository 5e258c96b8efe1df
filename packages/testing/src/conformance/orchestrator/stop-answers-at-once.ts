import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Under stop a failure ends the run without awaiting handlers that ignore the signal. */
export const stopAnswersAtOnce: OrchestratorBehaviour = {
  name: 'under stop a failure ends the run without awaiting handlers that ignore the signal',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      hang: () => new Promise(() => {}),
      bad: async () => {
        await sleep(20)
        throw new Error('broken')
      },
    }
    const ended = await run(flow(plain('hang', 'bad')), { registry })
    expect(ended.statuses()).toEqual({ hang: 'cancelled', bad: 'failed' })
  },
}
