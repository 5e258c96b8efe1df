import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A visit that failed has nothing to undo; a fallback that ran in its place is undone by the handler of its own. */
export const handledFailuresAreNotUndone: OrchestratorBehaviour = {
  name: 'a visit that failed has nothing to undo; a fallback that ran in its place is undone by a handler of its own',
  run: async ({ run, expect }) => {
    const told: unknown[] = []
    const bad = (): never => {
      throw new Error('broken')
    }
    const registry = {
      bad,
      spare: () => 'spare',
      undo: ({ nodeId, input, output, error }: NodeContext) => {
        told.push([nodeId, input, output, (error as Error).message])
      },
      worst: () => {
        throw new Error('worst')
      },
    }
    const config = { compensate: 'undo' }
    const blueprint = flow(
      { start: {}, bad: { config: { ...config, fallback: 'spare' } }, spare: { config }, worst: {} },
      chain('start', 'bad', 'worst'),
    )
    const ended = await run(blueprint, { registry, onFailure: 'compensate' })
    expect(ended.result.status).toBe('failed')
    expect(told).toEqual([['spare', 'start', 'spare', 'worst']])
  },
}
