import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A run leaves its definition, its input and its shared values as they were handed in, so that the next run finds the same. */
export const runsChangeNoDefinition: OrchestratorBehaviour = {
  name: 'a run leaves its definition, its input and its shared values as they were handed in, so that the next run finds the same',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      {
        a: { config: { retry: { maxAttempts: 2 } } },
        b: { inputs: { n: 'deps.a' }, config: { fallback: 'spare' } },
        spare: {},
        c: { config: { maxIterations: 5 } },
        d: {},
      },
      [
        ['a', 'b', { transform: 'result + 1' }],
        ...chain('b', 'c'),
        ['c', 'c', { condition: 'result < 3' }],
        ['c', 'd', { condition: 'result >= 3' }],
      ],
    )
    const input = { nested: { list: [1] } }
    const context = { seen: ['x'] }
    const before = JSON.stringify([blueprint, input, context])
    const registry = {
      a: ({ attempt, context: shared }: NodeContext) => {
        if (attempt === 1) throw new Error('again')
        shared.set('seen', ['y'])
        return 1
      },
      b: () => {
        throw new Error('broken')
      },
      spare: () => 2,
      c: ({ iteration }: NodeContext) => iteration[0],
    }
    const first = await run(blueprint, { input, context, registry })
    const second = await run(blueprint, { input, context, registry })
    expect(first.result.status).toBe('completed')
    expect([second.result.outputs, second.result.context, second.calls]).toEqual([
      first.result.outputs,
      first.result.context,
      first.calls,
    ])
    expect(JSON.stringify([blueprint, input, context])).toBe(before)
  },
}
