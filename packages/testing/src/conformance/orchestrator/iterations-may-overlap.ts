import type { NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** When a back edge is taken while a sibling still runs, iterations overlap, and marks are kept apart. */
export const iterationsMayOverlap: OrchestratorBehaviour = {
  name: 'when a back edge is taken while a sibling still runs, iterations overlap, and marks are kept apart',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow(
      plain('head', 'slow', 'quick', 'join', 'end'),
      [
        ...chain('head', 'slow', 'join'),
        ...chain('head', 'quick', 'join'),
        ['quick', 'head', { condition: 'result < 2' }],
        ['join', 'head', { condition: 'false' }],
        ['join', 'end'],
      ],
      { start: ['head'] },
    )
    const joined: string[] = []
    const registry = {
      slow: async ({ iteration }: NodeContext) => {
        await sleep(50 - 20 * Number(iteration[0]))
        return iteration[0]
      },
      quick: ({ iteration }: NodeContext) => iteration[0],
      join: ({ deps, iteration }: NodeContext) =>
        joined.push(JSON.stringify([iteration[0], deps['slow'], deps['quick']])),
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result.status).toBe('completed')
    expect(joined.sort()).toEqual(['[0,0,0]', '[1,1,1]', '[2,2,2]'])
    expect(ended.calls.filter((key) => key === 'end')).toEqual(['end'])
  },
}
