import type { JoinStrategy, NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** What `any` and `atLeast` hand on is what had come when they fired: the same for every attempt. */
export const lateMarksHandNothingOn: OrchestratorBehaviour = {
  name: 'a join that fired hands nothing on that comes later: every attempt is given the same',
  run: async ({ run, expect, sleep }) => {
    const strategies: readonly JoinStrategy[] = ['any', { atLeast: 2 }]
    for (const [at, joinStrategy] of strategies.entries()) {
      const given: string[][] = []
      const registry = {
        one: () => 1,
        two: () => sleep(at === 0 ? 20 : 1),
        three: () => sleep(20),
        join: async ({ deps, attempt }: NodeContext) => {
          given.push(Object.keys(deps))
          await sleep(40)
          if (attempt < 3) throw new Error('again')
          return Object.keys(deps)
        },
      }
      const join = { config: { joinStrategy, retry: { maxAttempts: 3 } } }
      const blueprint = flow({ one: {}, two: {}, three: {}, join }, [
        ['one', 'join'],
        ['two', 'join'],
        ['three', 'join'],
      ])
      const { result } = await run(blueprint, { registry })
      expect(result.status).toBe('completed')
      expect(given).toEqual([given[0], given[0], given[0]])
      expect(result.outputs['join']).toEqual(given[0])
    }
  },
}
