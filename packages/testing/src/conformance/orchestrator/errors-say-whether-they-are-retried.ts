import { flow } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** Retryable: false and retryOn keep an error from being retried, retryAfterMs replaces the delay. */
export const errorsSayWhetherTheyAreRetried: OrchestratorBehaviour = {
  name: 'retryable: false and retryOn keep an error from being retried, retryAfterMs replaces the delay',
  run: async ({ run, expect, clock, ms }) => {
    const delayMs = ms(100)
    const attemptsUntil = async (error: Error, retryOn?: readonly string[]): Promise<number[]> => {
      const times: number[] = []
      const retry = {
        maxAttempts: 2,
        backoff: { type: 'fixed', delayMs },
        ...(retryOn === undefined ? {} : { retryOn }),
      } as const
      const registry = {
        a: () => {
          times.push(clock.now())
          throw error
        },
      }
      await run(flow({ a: { config: { retry } } }), { registry })
      return times
    }
    expect((await attemptsUntil(Object.assign(new Error('never'), { retryable: false }))).length).toBe(1)
    expect((await attemptsUntil(new TypeError('other'), ['RangeError', 'E_BUSY'])).length).toBe(1)
    expect((await attemptsUntil(new RangeError('listed'), ['RangeError'])).length).toBe(2)
    expect((await attemptsUntil(Object.assign(new Error('busy'), { code: 'E_BUSY' }), ['E_BUSY'])).length).toBe(2)
    const [first = 0, second = 0] = await attemptsUntil(Object.assign(new Error('later'), { retryAfterMs: 10 }))
    expect(second - first >= 10 && second - first < delayMs).toBe(true)
  },
}
