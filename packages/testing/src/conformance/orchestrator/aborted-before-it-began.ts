import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run whose signal is aborted before it begins is cancelled and calls nothing. */
export const abortedBeforeItBegan: OrchestratorBehaviour = {
  name: 'a run whose signal is aborted before it begins is cancelled and calls nothing',
  run: async ({ run, expect }) => {
    const ended = await run(flow(plain('a')), { signal: AbortSignal.abort('no') })
    expect(ended.result.status).toBe('cancelled')
    expect(ended.calls).toEqual([])
  },
}
