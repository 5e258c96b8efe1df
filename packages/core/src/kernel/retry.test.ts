import { describe, expect, it } from 'vitest'
import { HeddleError } from '../errors/heddle-error.ts'
import { retryDelayMs } from './retry.ts'

const failed = (
  cause: unknown = new Error('no'),
  options: { retryable?: boolean; retryAfterMs?: number } = {},
): HeddleError => new HeddleError('NODE_FAILED', 'it failed', { retryable: true, cause, ...options })

describe('a retry', () => {
  it('counts all attempts, the first one included', () => {
    expect(retryDelayMs({ maxAttempts: 1 }, 1, failed(), 0)).toBeUndefined()
    expect(retryDelayMs({ maxAttempts: 2 }, 1, failed(), 0)).toBe(0)
    expect(retryDelayMs({ maxAttempts: 2 }, 2, failed(), 0)).toBeUndefined()
  })

  it('waits as long as its backoff says, up to the limit', () => {
    const backoff = { type: 'exponential', delayMs: 100, factor: 3, maxDelayMs: 500 } as const
    const delays = [1, 2, 3, 4].map((attempt) => retryDelayMs({ maxAttempts: 9, backoff }, attempt, failed(), 0))
    expect(delays).toEqual([100, 300, 500, 500])
    const fixed = { type: 'fixed', delayMs: 70 } as const
    expect(retryDelayMs({ maxAttempts: 9, backoff: fixed }, 5, failed(), 0)).toBe(70)
  })

  it('takes the share of jitter off its delay', () => {
    const backoff = { type: 'fixed', delayMs: 100, jitter: 0.5 } as const
    expect(retryDelayMs({ maxAttempts: 2, backoff }, 1, failed(), 0)).toBe(100)
    expect(retryDelayMs({ maxAttempts: 2, backoff }, 1, failed(), 1)).toBe(50)
  })

  it('is not made of an error that says so, and waits as long as an error asks for', () => {
    expect(retryDelayMs({ maxAttempts: 2 }, 1, failed('x', { retryable: false }), 0)).toBeUndefined()
    expect(retryDelayMs({ maxAttempts: 2 }, 1, failed('x', { retryAfterMs: 1234 }), 0)).toBe(1234)
  })

  it.each([Infinity, Number.NaN, -1])('does not wait for a time that is none: %d', (retryAfterMs) => {
    const policy = { maxAttempts: 2, backoff: { type: 'fixed', delayMs: 70 } } as const
    expect(retryDelayMs(policy, 1, failed('x', { retryAfterMs }), 0)).toBe(70)
  })

  it('does not wait for more than a year', () => {
    const aYear = 365 * 24 * 3600 * 1000
    expect(retryDelayMs({ maxAttempts: 2 }, 1, failed('x', { retryAfterMs: 1e12 }), 0)).toBe(aYear)
    expect(retryDelayMs({ maxAttempts: 2 }, 1, failed('x', { retryAfterMs: aYear }), 0)).toBe(aYear)
  })

  it('is made of listed errors only, by code or name of what the handler threw', () => {
    const policy = { maxAttempts: 2, retryOn: ['ECONNRESET', 'TypeError'] }
    expect(retryDelayMs(policy, 1, failed(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), 0)).toBe(0)
    expect(retryDelayMs(policy, 1, failed(new TypeError('t')), 0)).toBe(0)
    expect(retryDelayMs(policy, 1, failed(new Error('other')), 0)).toBeUndefined()
  })
})
