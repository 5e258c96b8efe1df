import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The handlers of map items and fallbacks make durable calls, each visit its own; items that are cut off end theirs. */
export const mapItemsAndFallbacksMakeDurableCalls: OrchestratorBehaviour = {
  name: 'the handlers of map items and fallbacks make durable calls, each visit its own; items that are cut off end theirs',
  run: async ({ run, expect }) => {
    const ran: unknown[] = []
    const registry = {
      over: () => [1, 2, 3],
      each: async ({ step, sleep, item }: NodeContext) => {
        const doubled = await step('double', () => {
          ran.push(item)
          return 2 * Number(item)
        })
        await sleep('nap', 10)
        return doubled
      },
      cut: async ({ waitFor, sleep, item }: NodeContext) => {
        if (item === 2) {
          await sleep('nap', 10)
          throw new Error('no')
        }
        return waitFor('never')
      },
      f: async ({ sleep, step }: NodeContext) => {
        await sleep('nap', 10)
        return step('mend', () => 'mended')
      },
    }
    const blueprint = flow({
      map: { uses: 'map', params: { over: 'over', each: 'each' } },
      cut: { uses: 'map', params: { over: 'over', each: 'cut' }, config: { fallback: 'f' } },
      f: {},
    })
    const { result, events } = await run(blueprint, { registry })
    expect(result).toMatchObject({ status: 'completed', outputs: { map: [2, 4, 6], f: 'mended' }, waits: [] })
    expect(ran.length).toBe(3)
    expect(new Set(ran)).toEqual(new Set([1, 2, 3]))
    expect(events.filter(({ type }) => type === 'wait.cancelled').length).toBe(2)
  },
}
