import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A cancel of a run that is being compensated ends the wait for what still runs, and nothing else: what completed is undone. */
export const compensationOutlivesACancel: OrchestratorBehaviour = {
  name: 'a cancel of a run that is being compensated ends the wait for what still runs, and nothing else: what completed is undone',
  run: async ({ run, expect, sleep }) => {
    const cancel = new AbortController()
    const registry = {
      hang: () => new Promise(() => {}),
      bad: () => {
        void sleep(20).then(() => cancel.abort())
        throw new Error('broken')
      },
      undo: ({ nodeId }: NodeContext) => sleep(nodeId === 'a' ? 30 : 1),
    }
    const config = { compensate: 'undo' }
    const blueprint = flow({ a: { config }, hang: { config }, bad: {} }, [...chain('a', 'hang'), ...chain('a', 'bad')])
    const ended = await run(blueprint, { registry, onFailure: 'compensate', signal: cancel.signal })
    expect(ended.result.status).toBe('failed')
    expect(ended.calls.toSorted()).toEqual(['a', 'a~', 'bad', 'hang', 'hang~'])
    expect(ended.statuses()).toEqual({ a: 'completed', hang: 'cancelled', bad: 'failed' })
    expect(ended.events.filter(({ type }) => type === 'compensation.started')).toMatchObject([
      { nodeId: 'hang', isOutcomeKnown: false },
      { nodeId: 'a', isOutcomeKnown: true },
    ])
  },
}
