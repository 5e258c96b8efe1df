import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A step that succeeded is not run again when its handler runs again, after a wait or in a later attempt; one that failed is. */
export const stepsAreRunOnce: OrchestratorBehaviour = {
  name: 'a step that succeeded is not run again when its handler runs again, after a wait or in a later attempt; one that failed is',
  run: async ({ run, expect }) => {
    const ran: string[] = []
    const registry = {
      a: async ({ step, sleep, attempt }: NodeContext) => {
        const note = (call: string) => (): string => {
          ran.push(call)
          if (call === 'flaky' && attempt === 1) throw new Error('not yet')
          return `${call} in attempt ${attempt}`
        }
        const both = await Promise.all([step('left', note('left')), step('right', note('right'))])
        const caught = await step('flaky', note('flaky')).catch((error: unknown) => (error as Error).message)
        await sleep('nap', 10)
        if (attempt === 1) throw new Error('again')
        return [...both, caught, await step('left', note('second left'))]
      },
    }
    const { result } = await run(flow({ a: { config: { retry: { maxAttempts: 2 } } } }), { registry })
    expect(result.output).toEqual([
      'left in attempt 1',
      'right in attempt 1',
      'flaky in attempt 2',
      'second left in attempt 2',
    ])
    expect(ran).toEqual(['left', 'right', 'flaky', 'flaky', 'second left'])
  },
}
