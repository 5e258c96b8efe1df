import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A node whose when says no after its join fired is skipped, and what follows from it. */
export const whenFalseSkipsTheNode: OrchestratorBehaviour = {
  name: 'a node whose when says no after its join fired is skipped, and what follows from it',
  run: async ({ run, expect }) => {
    const blueprint = flow({ a: {}, b: { params: { $when: 'decide' } }, c: {}, join: {} }, [
      ...chain('a', 'b', 'join'),
      ...chain('b', 'c'),
      ...chain('a', 'join'),
    ])
    for (const yes of [true, false]) {
      const ended = await run(blueprint, { registry: { decide: async () => yes } })
      const status = yes ? 'completed' : 'skipped'
      expect(ended.statuses()).toEqual({ a: 'completed', b: status, c: status, join: 'completed' })
      expect(ended.result.status).toBe('completed')
    }
  },
}
