import { route, type NodeContext } from '@heddle/core'
import { flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Nested loops count their iterations apart, and the inner one begins anew in each outer one. */
export const nestedLoopsCountApart: OrchestratorBehaviour = {
  name: 'nested loops count their iterations apart, and the inner one begins anew in each outer one',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      plain('outer', 'inner', 'tail', 'end'),
      [
        ['outer', 'inner'],
        ['inner', 'inner', { action: 'again' }],
        ['inner', 'tail', { action: 'done' }],
        ['tail', 'outer', { action: 'again' }],
        ['tail', 'end', { action: 'done' }],
      ],
      { start: ['outer'] },
    )
    const again =
      (level: number, last: number) =>
      ({ iteration }: NodeContext) =>
        route(iteration[level] === last ? 'done' : 'again')
    const { result, calls } = await run(blueprint, { registry: { inner: again(1, 2), tail: again(0, 1) } })
    expect(result.status).toBe('completed')
    expect(calls).toEqual([
      'outer@0',
      'inner@0.0',
      'inner@0.1',
      'inner@0.2',
      'tail@0',
      'outer@1',
      'inner@1.0',
      'inner@1.1',
      'inner@1.2',
      'tail@1',
      'end',
    ])
  },
}
