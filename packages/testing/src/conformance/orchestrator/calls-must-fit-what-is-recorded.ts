import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler that asks for a recorded call as another kind, or not at all, fails without a retry, unless it declares the change. */
export const callsMustFitWhatIsRecorded: OrchestratorBehaviour = {
  name: 'a handler that asks for a recorded call as another kind, or not at all, fails without a retry, unless it declares the change',
  run: async ({ run, expect }) => {
    const later: readonly ((ctx: NodeContext) => unknown)[] = [
      ({ sleep }) => sleep('s', 1),
      () => 'nothing',
      async (ctx) => {
        ctx.removedStep('t')
        return ctx.step('renamed', () => 'again', { formerly: ['s'] })
      },
    ]
    const ends: unknown[] = []
    for (const second of later) {
      const ran = { times: 0 }
      const a = async (ctx: NodeContext): Promise<unknown> => {
        ran.times++
        if (ran.times > 1) {
          const result = await second(ctx)
          await ctx.sleep('nap', 10)
          return result
        }
        await ctx.step('s', () => 'recorded')
        await ctx.step('t', () => 'recorded')
        return ctx.sleep('nap', 10)
      }
      const { result } = await run(flow({ a: { config: { retry: { maxAttempts: 3 } } } }), { registry: { a } })
      ends.push([result.output ?? result.errors[0]?.details['call'], result.errors[0]?.code, ran.times])
    }
    expect(ends).toEqual([
      ['s', 'STEP_MISMATCH', 2],
      ['s', 'STEP_MISMATCH', 2],
      ['recorded', undefined, 2],
    ])
  },
}
