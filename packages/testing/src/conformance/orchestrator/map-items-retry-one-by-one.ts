import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The items of a map are retried one by one. */
export const mapItemsRetryOneByOne: OrchestratorBehaviour = {
  name: 'the items of a map are retried one by one',
  run: async ({ run, expect }) => {
    const registry = {
      each: ({ item, attempt }: NodeContext) => {
        if (item === 'b' && attempt < 3) throw new Error('not yet')
        return `${String(item)}${attempt}`
      },
    }
    const config = { retry: { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 5 } } } as const
    const { result } = await run(flow({ map: { params: { each: 'each' }, config } }), { input: ['a', 'b'], registry })
    expect(result.output).toEqual(['a1', 'b3'])
  },
}
