import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run that passes its deadline fails with RUN_DEADLINE, even if a handler hangs. */
export const deadlinesEndRuns: OrchestratorBehaviour = {
  name: 'a run that passes its deadline fails with RUN_DEADLINE, even if a handler hangs',
  run: async ({ run, expect, ms }) => {
    const ended = await run(flow(plain('a', 'hang', 'next'), chain('a', 'hang', 'next')), {
      registry: { hang: () => new Promise(() => {}) },
      deadlineMs: ms(250),
    })
    expect(ended.result.status).toBe('failed')
    expect(ended.result.errors.map(({ code }) => code)).toEqual(['RUN_DEADLINE'])
    expect([ended.result.cancelled, ended.result.skipped]).toEqual([['hang'], ['next']])
    const asleep = await run(flow({ nap: { uses: 'sleep', params: { durationMs: 60_000 } } }), { deadlineMs: ms(250) })
    expect(asleep.result.errors.map(({ code }) => code)).toEqual(['RUN_DEADLINE'])
  },
}
