import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A cancel answers at once, without awaiting handlers that ignore the signal. */
export const cancelAnswersAtOnce: OrchestratorBehaviour = {
  name: 'a cancel answers at once, without awaiting handlers that ignore the signal',
  run: async ({ run, expect, sleep }) => {
    const cancel = new AbortController()
    const registry = {
      hang: () => new Promise(() => {}),
      other: async () => {
        await sleep(20)
        cancel.abort()
        // The cancel may take longer on its way than the outcome of this node.
        await sleep(50)
      },
    }
    const ended = await run(flow(plain('hang', 'other', 'next'), chain('other', 'next')), {
      registry,
      signal: cancel.signal,
    })
    expect(ended.result).toMatchObject({ status: 'cancelled', skipped: ['next'] })
    expect(ended.result.cancelled.includes('hang')).toBe(true)
  },
}
