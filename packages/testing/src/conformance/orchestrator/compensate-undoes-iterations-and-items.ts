import { route, type NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Every iteration of a loop and every item of a map is undone by itself, with what it was given and gave. */
export const compensateUndoesIterationsAndItems: OrchestratorBehaviour = {
  name: 'every iteration of a loop and every item of a map is undone by itself, with what it was given and gave',
  run: async ({ run, expect }) => {
    const told: unknown[] = []
    const registry = {
      each: ({ item }: NodeContext) => Number(item) * 10,
      head: ({ input }: NodeContext) => (Array.isArray(input) ? 0 : Number(input) + 1),
      body: ({ input }: NodeContext) => route(Number(input) < 1 ? 'again' : 'out', input),
      bad: () => {
        throw new Error('broken')
      },
      undo: ({ nodeId, iteration, index, item, input, output }: NodeContext) => {
        told.push([nodeId, ...iteration, ...(index === undefined ? [] : [index, item]), input, output])
      },
    }
    const undone = { config: { compensate: 'undo' } }
    const blueprint = flow(
      { map: { params: { each: 'each', concurrency: 1 }, ...undone }, head: undone, body: {}, bad: {} },
      [...chain('map', 'head', 'body'), ['body', 'head', { action: 'again' }], ['body', 'bad', { action: 'out' }]],
    )
    const ended = await run(blueprint, { input: [1, 2], registry, onFailure: 'compensate' })
    expect(ended.result.status).toBe('failed')
    expect(told).toEqual([
      ['head', 1, 0, 1],
      ['head', 0, [10, 20], 0],
      ['map', 1, 2, [1, 2], 20],
      ['map', 0, 1, [1, 2], 10],
    ])
  },
}
