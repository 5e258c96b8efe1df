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
    ['stalledAfterMs', { url, stalledAfterMs: 0 }],
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

  it('open no connection by themselves', async () => {
    await bullmqJobQueue({ url }).close()
  })
})
