import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A fallback runs in place of a failed node with its input and error, and its output goes on under both ids. */
export const fallbacksTakeThePlace: OrchestratorBehaviour = {
  name: 'a fallback runs in place of a failed node with its input and error, and its output goes on under both ids',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      { start: {}, a: { config: { fallback: 'spare' } }, spare: {}, next: {} },
      chain('start', 'a', 'next'),
    )
    const registry = {
      a: () => {
        throw new Error('broken')
      },
      spare: ({ input, error }: NodeContext) => [input, (error as Error).message],
      next: ({ input }: NodeContext) => input,
    }
    const ended = await run(blueprint, { registry })
    const output = ['start', 'broken']
    expect(ended.calls).toEqual(['start', 'a', 'spare', 'next'])
    expect(ended.result).toMatchObject({
      status: 'completed',
      output,
      errors: [],
      outputs: { a: output, spare: output },
    })
  },
}
