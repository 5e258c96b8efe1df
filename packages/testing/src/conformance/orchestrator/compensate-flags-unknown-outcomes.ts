import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Visits of which nobody knows what they did are undone first, and flagged: those that timed out, were cut off or only waited. */
export const compensateFlagsUnknownOutcomes: OrchestratorBehaviour = {
  name: 'visits of which nobody knows what they did are undone first, and flagged: those that timed out, were cut off or waited',
  run: async ({ run, expect, sleep }) => {
    const told: unknown[] = []
    const hang = (): Promise<never> => new Promise(() => {})
    const registry = {
      hang,
      cut: () => sleep(10),
      late: () => sleep(60),
      bad: () => {
        throw new Error('broken')
      },
      undo: ({ nodeId, input, output, isOutcomeKnown, visitIdempotencyKey = '' }: NodeContext) => {
        told.push([nodeId, input, output, isOutcomeKnown, visitIdempotencyKey.split(':')[1]])
      },
    }
    const config = { compensate: 'undo' }
    const blueprint = flow(
      {
        start: { config },
        lost: { uses: 'hang', config: { ...config, timeoutMs: 5, fallback: 'spare' } },
        spare: {},
        loser: { uses: 'hang', config },
        cut: { config: { cancels: ['loser', 'pending'] } },
        ask: { uses: 'wait', config },
        late: {},
        pending: { config },
        bad: {},
      },
      [
        ...chain('start', 'lost'),
        ...chain('start', 'loser', 'pending'),
        ...chain('start', 'cut'),
        ...chain('start', 'ask'),
        ...chain('start', 'late', 'bad'),
      ],
    )
    const ended = await run(blueprint, { registry, onFailure: 'compensate' })
    expect(ended.result.status).toBe('failed')
    expect(new Set(told.slice(0, 3))).toEqual(
      new Set([
        ['ask', 'start', undefined, false, 'ask'],
        ['loser', 'start', undefined, false, 'loser'],
        ['lost', 'start', undefined, false, 'lost'],
      ]),
    )
    expect(told.slice(3)).toEqual([['start', undefined, 'start', true, 'start']])
  },
}
