import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A child run is compensated by its own policy; one that completed is undone by the node that started it. */
export const subflowsAreUndone: OrchestratorBehaviour = {
  name: 'a child run is compensated by its own policy; one that completed is undone by the node that started it',
  run: async ({ run, expect }) => {
    const told: unknown[] = []
    const config = { compensate: 'undo' }
    const policy = { onFailure: 'compensate' } as const
    const good = flow({ inner: { config } }, [], { id: 'good', policy })
    const failing = flow({ first: { config }, bad: {} }, chain('first', 'bad'), { id: 'failing', policy })
    const registry = {
      bad: () => {
        throw new Error('broken')
      },
      undo: ({ nodeId, input, output }: NodeContext) => {
        told.push([nodeId, input, output])
      },
    }
    const blueprint = flow(
      {
        one: { uses: 'subflow', params: { blueprintId: 'good' }, config },
        two: { uses: 'subflow', params: { blueprintId: 'failing' }, config },
      },
      chain('one', 'two'),
      { policy },
    )
    const ended = await run(blueprint, { input: 'in', blueprints: { good, failing }, registry })
    expect(ended.result.status).toBe('failed')
    expect(told).toEqual([
      ['first', 'inner', 'first'],
      ['one', 'in', 'inner'],
    ])
  },
}
