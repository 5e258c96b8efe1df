import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** An any join inside a loop fires once in each iteration. */
export const anyFiresInEachIteration: OrchestratorBehaviour = {
  name: 'an any join inside a loop fires once in each iteration',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow(
      { ...plain('head', 'x', 'y', 'end'), first: { config: { joinStrategy: 'any' } } },
      [
        ...chain('head', 'x', 'first'),
        ...chain('head', 'y', 'first'),
        ['first', 'head', { condition: 'result < 2' }],
        ['first', 'end', { condition: 'result >= 2' }],
      ],
      { start: ['head'] },
    )
    const registry = { y: () => sleep(10), first: ({ iteration }: NodeContext) => iteration[0] }
    const { result, calls } = await run(blueprint, { registry })
    expect(result.status).toBe('completed')
    expect(calls.filter((key) => /^(?:first|end)/u.test(key))).toEqual(['first@0', 'first@1', 'first@2', 'end'])
  },
}
