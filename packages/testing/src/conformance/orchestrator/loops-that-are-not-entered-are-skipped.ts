import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A loop that is not entered is skipped with its exits, and the join behind it still fires. */
export const loopsThatAreNotEnteredAreSkipped: OrchestratorBehaviour = {
  name: 'a loop that is not entered is skipped with its exits, and the join behind it still fires',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'head', 'body', 'join'), [
      ['a', 'head', { condition: 'false' }],
      ...chain('head', 'body'),
      ['body', 'head', { condition: 'false' }],
      ...chain('body', 'join'),
      ...chain('a', 'join'),
    ])
    const ended = await run(blueprint)
    expect(ended.calls).toEqual(['a', 'join'])
    expect(ended.statuses()).toEqual({ a: 'completed', head: 'skipped', body: 'skipped', join: 'completed' })
  },
}
