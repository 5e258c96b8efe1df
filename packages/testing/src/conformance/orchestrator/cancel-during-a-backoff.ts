import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run that is cancelled while a retry is due ends at once. */
export const cancelDuringABackoff: OrchestratorBehaviour = {
  name: 'a run that is cancelled while a retry is due ends at once',
  run: async ({ run, expect, sleep }) => {
    const cancel = new AbortController()
    const retry = { maxAttempts: 5, backoff: { type: 'fixed', delayMs: 60_000 } } as const
    const registry = {
      a: () => {
        void sleep(20).then(() => cancel.abort())
        throw new Error('again')
      },
    }
    const ended = await run(flow({ a: { config: { retry } } }), { registry, signal: cancel.signal })
    expect(ended.result.status).toBe('cancelled')
    expect(ended.calls).toEqual(['a'])
  },
}
