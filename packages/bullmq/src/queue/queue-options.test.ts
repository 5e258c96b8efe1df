import { describe, expect, it } from 'vitest'
import { bullmqJobQueue } from './bullmq-job-queue.ts'
import type { BullmqJobQueueOptions } from './queue-options.ts'

const url = 'redis://127.0.0.1:1'

describe('options of a job queue', () => {
  it.each<[string, Partial<Record<keyof BullmqJobQueueOptions, unknown>>]>([
    ['url', {}],
    ['url', { url: 'http://somewhere' }],
    ['url', { url, connection: { duplicate: () => undefined } }],
    ['connection', { connection: { host: 'somewhere' } }],
    ['prefix', { url, prefix: 'a:b' }],
    ['name', { url, name: 'a.b' }],
    ['serves', { url, serves: [] }],
    ['serves', { url, serves: [''] }],
    ['serves', { url, serves: 'gpu' }],
    ['rateLimit.max', { url, rateLimit: { max: 0, perMs: 1000 } }],
    ['rateLimit.perMs', { url, rateLimit: { max: 1, perMs: Number.NaN } }],
    ['drain.withinMs', { url, drain: { withinMs: -1 } }],
    ['drain.within', { url, drain: { within: 5 } }],
    ['drain', { url, drain: 5 }],
    ['drain', { url, drain: null }],
    ['drain.signals', { url, drain: { signals: 'SIGTERM' } }],
    ['drain.signals', { url, drain: { signals: ['FOO'] } }],
    ['drain.signals', { url, drain: { signals: ['SIGTERM', 'SIGKILL'] } }],
    ['rateLimit', { url, rateLimit: 5 }],
    ['rateLimit.perMS', { url, rateLimit: { max: 1, perMS: 5 } }],
    ['connection', { connection: null }],
    ['connection', { connection: { duplicate: () => undefined, options: { keyPrefix: 'app:' } } }],
    ['connection', { connection: { duplicate: () => undefined, options: { redisOptions: { keyPrefix: 'app:' } } } }],
    ['url', { url: 'redis://127.0.0.1/abc' }],
    ['url', { url: 'redis://127.0.0.1?db=abc' }],
    ['url', { url: null }],
    ['stalledAfterMs', { url, stalledAfterMs: 0 }],
    ['stalledAfterMs', { url, stalledAfterMs: 1e12 }],
    ['redeliverAfterMs', { url, redeliverAfterMs: Infinity }],
    ['connectTimeoutMs', { url, connectTimeoutMs: '5' }],
  ])('are refused with their name if they cannot be meant: %s, %o', (option, given) => {
    expect(() => bullmqJobQueue(given as BullmqJobQueueOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option }) as object }),
    )
  })

  it('do not repeat an address, which may hold a password', () => {
    expect(() => bullmqJobQueue({ url: 'http://:secret@somewhere' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') as string, details: { option: 'url' } }),
    )
  })

  it.each<unknown>([{ url, concurrency: 5 }, null, 5])('are refused if they are not known: %o', (given) => {
    expect(() => bullmqJobQueue(given as BullmqJobQueueOptions)).toThrow(/redeliverAfterMs/u)
  })

  it.each(['a/b', 'a#b', 'a%b'])(
    'say how a password is written that has a special character, and do not repeat it: %s',
    (password) => {
      const thrown = (): unknown => bullmqJobQueue({ url: `redis://:secret${password}@127.0.0.1:6379` })
      expect(thrown).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          message: expect.stringMatching(/^(?!.*secret).*%2F/u) as string,
          details: { option: 'url' },
        }),
      )
    },
  )

  it('open no connection by themselves', async () => {
    await bullmqJobQueue({ url }).close()
  })
})
