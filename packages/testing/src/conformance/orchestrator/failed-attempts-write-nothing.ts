import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** What a failed attempt wrote to shared values is dropped. */
export const failedAttemptsWriteNothing: OrchestratorBehaviour = {
  name: 'what a failed attempt wrote to shared values is dropped',
  run: async ({ run, expect }) => {
    const a = ({ context, attempt }: NodeContext): unknown => {
      context.set('log', [attempt])
      if (attempt < 3) throw new Error('not yet')
      return context.get('log')
    }
    const policy = { context: { log: { reducer: 'append', initial: [0] } } } as const
    const { result } = await run(flow({ a: { config: { retry: { maxAttempts: 3 } } } }, [], { policy }), {
      registry: { a },
    })
    expect({ ...result.context }).toEqual({ log: [0, 3] })
    expect(result.output).toEqual([0, 3])
  },
}
