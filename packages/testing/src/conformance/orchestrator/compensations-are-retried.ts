import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** The retry policy and the timeout of a node hold for undoing it; what cannot be undone is an error of the run, and the rest is undone. */
export const compensationsAreRetried: OrchestratorBehaviour = {
  name: 'the retry policy and timeout of a node hold for undoing it; what cannot be undone is an error of the run, and the rest is undone',
  run: async ({ run, expect }) => {
    const keys = new Set<string>()
    const attempts: number[] = []
    const registry = {
      bad: () => {
        throw new Error('broken')
      },
      undo: ({ nodeId, attempt, idempotencyKey, visitIdempotencyKey }: NodeContext) => {
        keys.add(idempotencyKey).add(visitIdempotencyKey ?? '')
        if (nodeId === 'stubborn') return new Promise(() => {})
        if (nodeId !== 'flaky') return 1
        attempts.push(attempt)
        if (attempt < 3) throw new Error('not yet')
        return 1
      },
    }
    const retry = { maxAttempts: 3, backoff: { type: 'fixed', delayMs: 50 } } as const
    const blueprint = flow(
      {
        a: { config: { compensate: 'undo' } },
        flaky: { config: { compensate: 'undo', retry } },
        stubborn: { config: { compensate: 'undo', timeoutMs: 40, retry: { maxAttempts: 2 } } },
        bad: {},
      },
      chain('a', 'flaky', 'stubborn', 'bad'),
    )
    const ended = await run(blueprint, { registry, onFailure: 'compensate' })
    expect(attempts).toEqual([1, 2, 3])
    expect(ended.calls.slice(4)).toEqual(['stubborn~', 'stubborn~', 'flaky~', 'flaky~', 'flaky~', 'a~'])
    expect(ended.result.status).toBe('failed')
    expect(ended.result.errors.map(({ code }) => code)).toEqual(['NODE_FAILED', 'COMPENSATION_FAILED'])
    expect(ended.result.errors[1]?.message.includes('"stubborn" could not be undone')).toBe(true)
    expect(ended.events.filter(({ type }) => type === 'compensation.failed')).toMatchObject([{ nodeId: 'stubborn' }])
    expect(ended.events.filter(({ type }) => type === 'compensation.completed')).toMatchObject([
      { nodeId: 'flaky' },
      { nodeId: 'a' },
    ])
    expect(keys.size).toBe(6)
  },
}
