import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node that is cancelled before its turn never starts, whatever leads to it later; one that has settled stays as it is. */
export const cancelledNodesNeverStart: OrchestratorBehaviour = {
  name: 'a node that is cancelled before its turn never starts, whatever leads to it later; one that has settled stays as it is',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow(
      { first: {}, cut: { config: { cancels: ['first', 'later', 'loop'] } }, other: {}, later: {}, last: {}, loop: {} },
      [
        ...chain('first', 'cut'),
        ...chain('first', 'other', 'later', 'last'),
        ...chain('other', 'loop'),
        ['loop', 'loop', { action: 'again' }],
      ],
    )
    const ended = await run(blueprint, { registry: { other: () => sleep(20) } })
    expect(ended.result.status).toBe('completed')
    expect(ended.calls.toSorted()).toEqual(['cut', 'first', 'other'])
    expect(ended.statuses()).toMatchObject({
      first: 'completed',
      later: 'cancelled',
      last: 'skipped',
      loop: 'cancelled',
    })
  },
}
