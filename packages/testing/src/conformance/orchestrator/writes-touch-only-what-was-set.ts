import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node that ends later writes over nothing that it did not set itself. */
export const writesTouchOnlyWhatWasSet: OrchestratorBehaviour = {
  name: 'a node that ends later writes over nothing that it did not set itself',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      slow: async ({ context }: NodeContext) => {
        const before = context.get('stock')
        await sleep(80)
        context.set('seen', before)
      },
      quick: async ({ context }: NodeContext) => {
        // Until the other one has begun: nobody decides which of them is the first.
        await sleep(20)
        context.set('stock', 'new')
      },
    }
    const { result } = await run(flow(plain('slow', 'quick')), { registry, context: { stock: 'old' } })
    expect({ ...result.context }).toEqual({ stock: 'new', seen: 'old' })
  },
}
