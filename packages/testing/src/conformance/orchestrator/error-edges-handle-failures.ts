import type { NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An error edge handles a failure with the error as data, and the other edges are skipped. */
export const errorEdgesHandleFailures: OrchestratorBehaviour = {
  name: 'an error edge handles a failure with the error as data, and the other edges are skipped',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'next', 'rescue'), [
      ['a', 'next'],
      ['a', 'rescue', { on: 'error', condition: 'result.message == "broken"' }],
    ])
    const registry = {
      a: () => {
        throw new TypeError('broken')
      },
      rescue: ({ input }: NodeContext<{ name: string; message: string }>) => `${input.name}: ${input.message}`,
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({
      status: 'completed',
      skipped: ['next'],
      errors: [],
      outputs: { rescue: 'TypeError: broken' },
    })
  },
}
