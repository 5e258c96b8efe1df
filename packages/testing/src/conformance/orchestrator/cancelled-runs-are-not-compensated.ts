import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run that is cancelled is not compensated. */
export const cancelledRunsAreNotCompensated: OrchestratorBehaviour = {
  name: 'a run that is cancelled is not compensated',
  run: async ({ run, expect }) => {
    const cancel = new AbortController()
    const registry = {
      hang: () => {
        cancel.abort()
        return new Promise(() => {})
      },
      undo: () => undefined,
    }
    const blueprint = flow({ a: { config: { compensate: 'undo' } }, hang: {} }, chain('a', 'hang'))
    const ended = await run(blueprint, { registry, onFailure: 'compensate', signal: cancel.signal })
    expect(ended.result.status).toBe('cancelled')
    expect(ended.calls).toEqual(['a', 'hang'])
  },
}
