import { route, type NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Of a loop with two exits, the one that was never taken is skipped when the loop has ended. */
export const loopsHaveAnyNumberOfExits: OrchestratorBehaviour = {
  name: 'of a loop with two exits, the one that was never taken is skipped when the loop has ended',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      { head: {}, body: {}, found: {}, lost: {}, join: {} },
      [
        ...chain('head', 'body'),
        ['body', 'head', { action: 'again' }],
        ['head', 'lost', { condition: 'result > 5' }],
        ['body', 'found', { action: 'found' }],
        ...chain('found', 'join'),
        ...chain('lost', 'join'),
      ],
      { start: ['head'] },
    )
    const registry = {
      head: ({ iteration }: NodeContext) => iteration[0],
      body: ({ iteration }: NodeContext) => route(iteration[0] === 2 ? 'found' : 'again'),
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result).toMatchObject({ status: 'completed', skipped: ['lost'] })
    expect(ended.calls.slice(-2)).toEqual(['found', 'join'])
  },
}
