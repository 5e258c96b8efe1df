import type { NodeContext } from '@heddle/core'
import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Under compensate nothing new starts after a failure, and what runs is awaited: it is not aborted, and undone if it completes. */
export const compensateAwaitsWhatRuns: OrchestratorBehaviour = {
  name: 'under compensate nothing new starts after a failure, and what runs is awaited: it is not aborted, and undone if it completes',
  run: async ({ run, expect, sleep }) => {
    let isAborted = false
    const retry = { maxAttempts: 2 }
    const registry = {
      bad: async () => {
        await sleep(5)
        throw new Error('broken')
      },
      slow: async ({ signal }: NodeContext) => {
        await sleep(20)
        isAborted = signal.aborted
        return 'slow'
      },
      flaky: async () => {
        await sleep(10)
        throw new Error('flaky')
      },
      undo: () => undefined,
    }
    const blueprint = flow(
      {
        bad: {},
        slow: { config: { compensate: 'undo' } },
        next: {},
        flaky: { config: { retry, compensate: 'undo', fallback: 'spare' } },
        spare: {},
      },
      [['slow', 'next']],
    )
    const ended = await run(blueprint, { registry, onFailure: 'compensate' })
    expect([ended.calls.slice(0, 3).toSorted(), ended.calls.slice(3)]).toEqual([['bad', 'flaky', 'slow'], ['slow~']])
    expect(isAborted).toBe(false)
    expect(ended.statuses()).toMatchObject({ bad: 'failed', slow: 'completed', next: 'skipped', flaky: 'failed' })
    expect(ended.result.errors.map(({ message }) => message)).toEqual([
      'node "bad" failed: broken',
      'node "flaky" failed: flaky',
    ])
  },
}
