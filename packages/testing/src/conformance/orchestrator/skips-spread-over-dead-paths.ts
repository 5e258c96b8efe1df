import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A branch that is not chosen is skipped to its end, and the joins behind it still fire. */
export const skipsSpreadOverDeadPaths: OrchestratorBehaviour = {
  name: 'a branch that is not chosen is skipped to its end, and the joins behind it still fire',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('a', 'b', 'c', 'd', 'e', 'join', 'end'), [
      ...chain('a', 'join'),
      ['a', 'b', { action: 'never' }],
      ...chain('b', 'c', 'd', 'join'),
      ...chain('b', 'e'),
      ...chain('join', 'end'),
    ])
    const { result, calls } = await run(blueprint)
    expect(calls).toEqual(['a', 'join', 'end'])
    expect(result.status).toBe('completed')
    expect([...result.skipped].sort()).toEqual(['b', 'c', 'd', 'e'])
  },
}
