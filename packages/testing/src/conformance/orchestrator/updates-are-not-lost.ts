import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Concurrent updates of a shared value are not lost: an attempt whose snapshot is stale is made again. */
export const updatesAreNotLost: OrchestratorBehaviour = {
  name: 'concurrent updates of a shared value are not lost: an attempt whose snapshot is stale is made again',
  run: async ({ run, expect, sleep }) => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const handler = async ({ context }: NodeContext): Promise<void> => {
      context.update('n', (n) => Number(n ?? 0) + 1)
      await sleep(5)
    }
    const { result } = await run(flow(plain(...ids)), { registry: Object.fromEntries(ids.map((id) => [id, handler])) })
    expect({ ...result.context }).toEqual({ n: 5 })
  },
}
