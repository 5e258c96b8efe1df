import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A fallback that fails too leaves the failure unhandled. */
export const failingFallbacksFailTheRun: OrchestratorBehaviour = {
  name: 'a fallback that fails too leaves the failure unhandled',
  run: async ({ run, expect }) => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const blueprint = flow({ a: { config: { fallback: 'spare' } }, spare: {}, next: {} }, chain('a', 'next'))
    const ended = await run(blueprint, { registry: { a: fail, spare: fail } })
    expect(ended.result.status).toBe('failed')
    expect(ended.calls).toEqual(['a', 'spare'])
    expect(ended.result.skipped).toEqual(['next'])
  },
}
