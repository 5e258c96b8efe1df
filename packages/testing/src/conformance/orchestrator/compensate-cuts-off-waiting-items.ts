import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Items of a map that wait in a durable call are cut off by a compensation, and undone. */
export const compensateCutsOffWaitingItems: OrchestratorBehaviour = {
  name: 'items of a map that wait in a durable call are cut off by a compensation, and undone',
  run: async ({ run, expect, sleep }) => {
    const told: unknown[] = []
    const registry = {
      each: (context: NodeContext) => context.sleep('nap', '1h'),
      late: () => sleep(60),
      bad: () => {
        throw new Error('broken')
      },
      undo: ({ nodeId, index, item, output, isOutcomeKnown }: NodeContext) => {
        told.push([nodeId, index, item, output, isOutcomeKnown])
      },
    }
    const config = { compensate: 'undo' }
    const blueprint = flow(
      { paid: { config }, map: { params: { each: 'each', over: 'items' }, config }, late: {}, bad: {} },
      [...chain('paid', 'map'), ...chain('paid', 'late', 'bad')],
    )
    const ended = await run(blueprint, {
      registry: { ...registry, items: () => ['a', 'b'] },
      onFailure: 'compensate',
    })
    expect(ended.result.status).toBe('failed')
    expect(new Set(told.slice(0, 2))).toEqual(
      new Set([
        ['map', 0, 'a', undefined, false],
        ['map', 1, 'b', undefined, false],
      ]),
    )
    expect(told.slice(2)).toEqual([['paid', undefined, undefined, 'paid', true]])
  },
}
