import { visitKey, type NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The events of a run are numbered without a gap, and each visit settles once. */
export const eventsAreGapFree: OrchestratorBehaviour = {
  name: 'the events of a run are numbered without a gap, and each visit settles once',
  run: async ({ run, expect }) => {
    const blueprint = flow(
      {
        a: {},
        b: { config: { retry: { maxAttempts: 2 } } },
        c: {},
        join: {},
        map: { params: { each: 'each', over: 'over' } },
      },
      [...chain('a', 'b', 'join'), ['a', 'c', { condition: 'false' }], ...chain('c', 'join', 'map')],
    )
    const registry = {
      b: ({ attempt }: NodeContext) => {
        if (attempt === 1) throw new Error('again')
      },
      over: () => [1, 2],
      each: ({ item }: NodeContext) => item,
    }
    const { events } = await run(blueprint, { registry, journal: true })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
    const settled = events.flatMap((event) =>
      event.type === 'node.completed' || event.type === 'node.skipped' ? [visitKey(event)] : [],
    )
    expect([...settled].sort()).toEqual(['a', 'b', 'c', 'join', 'map', 'map[0]', 'map[1]'])
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['run.started', 'run.completed'])
  },
}
