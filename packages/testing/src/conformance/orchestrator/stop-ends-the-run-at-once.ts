import type { NodeContext } from '@heddle/core'
import { chain, flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Under stop a failure ends the run: what runs is cancelled, the rest is skipped, settled joins too. */
export const stopEndsTheRunAtOnce: OrchestratorBehaviour = {
  name: 'under stop a failure ends the run: what runs is cancelled, the rest is skipped, settled joins too',
  run: async ({ run, expect, sleep }) => {
    const blueprint = flow({ bad: {}, slow: {}, next: {}, join: { config: { joinStrategy: 'settled' } } }, [
      ...chain('bad', 'next', 'join'),
      ...chain('slow', 'join'),
    ])
    let wasAborted = false
    const registry = {
      bad: async () => {
        await sleep(20)
        throw new Error('broken')
      },
      slow: ({ signal }: NodeContext) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            wasAborted = true
            resolve('late')
          })
          void sleep(500).then(resolve)
        }),
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result.status).toBe('failed')
    expect(ended.result.errors.map(({ code }) => code)).toEqual(['NODE_FAILED'])
    expect(ended.statuses()).toEqual({ bad: 'failed', slow: 'cancelled', next: 'skipped', join: 'skipped' })
    expect(wasAborted).toBe(true)
  },
}
