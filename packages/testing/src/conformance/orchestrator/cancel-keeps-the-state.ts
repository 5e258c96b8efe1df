import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A cancelled run keeps its outputs, aborts what runs and names what was cut off. */
export const cancelKeepsTheState: OrchestratorBehaviour = {
  name: 'a cancelled run keeps its outputs, aborts what runs and names what was cut off',
  run: async ({ run, expect, sleep }) => {
    const cancel = new AbortController()
    let reason: unknown
    const blueprint = flow(plain('a', 'slow', 'next'), chain('a', 'slow', 'next'))
    const registry = {
      slow: async ({ signal }: NodeContext) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason
        })
        void sleep(20).then(() => cancel.abort('enough'))
        await sleep(500)
        return 'late'
      },
    }
    const ended = await run(blueprint, { registry, signal: cancel.signal })
    expect(ended.result.status).toBe('cancelled')
    expect(ended.statuses()).toEqual({ a: 'completed', slow: 'cancelled', next: 'skipped' })
    expect({ ...ended.result.outputs }).toEqual({ a: 'a' })
    expect(reason).toMatchObject({ code: 'RUN_CANCELLED' })
  },
}
