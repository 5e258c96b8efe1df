import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An attempt that takes many minutes is made once: nobody takes it for lost while its worker lives. */
export const longAttemptsAreMadeOnce: OrchestratorBehaviour = {
  name: 'an attempt that takes many minutes is made once: nobody takes it for lost while its worker lives',
  run: async ({ run, expect, sleep }) => {
    const { result, calls } = await run(flow(plain('long', 'next'), chain('long', 'next')), {
      registry: { long: () => sleep(600_000) },
    })
    expect([result.status, calls]).toEqual(['completed', ['long', 'next']])
  },
}
