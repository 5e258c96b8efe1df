import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A map that is cancelled cuts off its items; those that have not begun never do. */
export const cancelledMapsCutOffTheirItems: OrchestratorBehaviour = {
  name: 'a map that is cancelled cuts off its items; those that have not begun never do',
  run: async ({ run, expect, sleep }) => {
    const registry = {
      cut: () => sleep(60),
      each: ({ item }: NodeContext) => (item === 1 ? sleep(20) : new Promise(() => {})),
    }
    const blueprint = flow(
      {
        start: {},
        cut: { config: { cancels: ['map'] } },
        map: { params: { each: 'each', concurrency: 2 } },
        next: {},
      },
      [...chain('start', 'cut'), ...chain('map', 'next')],
    )
    const ended = await run(blueprint, { input: [1, 2, 3, 4, 5], registry })
    expect(ended.result.status).toBe('completed')
    expect(ended.statuses()).toMatchObject({ cut: 'completed', map: 'cancelled', next: 'skipped' })
    expect(['map[0]', 'map[1]', 'map[3]', 'map[4]'].map((call) => ended.calls.includes(call))).toEqual([
      true,
      true,
      false,
      false,
    ])
  },
}
