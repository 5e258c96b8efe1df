import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A timeout ends an attempt even if the handler ignores its signal, and the attempt can be tried again. */
export const timeoutsEndAttempts: OrchestratorBehaviour = {
  name: 'a timeout ends an attempt even if the handler ignores its signal, and the attempt can be tried again',
  run: async ({ run, expect }) => {
    let wasAborted = false
    const registry = {
      a: ({ attempt, signal }: NodeContext) => {
        if (attempt === 2) return 'second'
        signal.addEventListener('abort', () => {
          wasAborted = true
        })
        return new Promise(() => {})
      },
    }
    const once = await run(flow({ a: { config: { timeoutMs: 20 } } }), { registry })
    expect(once.result.errors.map(({ code }) => code)).toEqual(['NODE_TIMEOUT'])
    expect(wasAborted).toBe(true)
    const again = await run(flow({ a: { config: { timeoutMs: 20, retry: { maxAttempts: 2 } } } }), { registry })
    expect(again.result.output).toBe('second')
  },
}
