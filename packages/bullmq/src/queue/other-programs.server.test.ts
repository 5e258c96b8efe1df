import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobOf, pause, until } from '../../test/jobs.ts'
import { recordLog } from '../../test/record-log.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'
import { messageOf } from './job-message.ts'
import { queueAddress, type QueueAddress } from './queue-address.ts'

let client: Redis
let prefix: string
let address: QueueAddress
let theirs: Queue

beforeEach(() => {
  client = new Redis(redisUrl(), { maxRetriesPerRequest: null })
  prefix = uniquePrefix()
  address = queueAddress(prefix, 'jobs', undefined)
  theirs = new Queue(address.name, { connection: client, prefix: address.prefix })
})

afterEach(async () => {
  await theirs.close()
  client.disconnect()
})

/** Jobs as a program puts them there that keeps what has ended. */
const addKept = async (...ids: readonly string[]): Promise<void> => {
  const messages = ids.map((id) => messageOf(jobOf(id)))
  await theirs.addBulk(messages.map(({ name, data, opts }) => ({ name, data, opts: { jobId: opts.jobId ?? '' } })))
}

/** Ends all jobs that wait, the way a plain worker of BullMQ does. */
const endThem = async (handler: () => Promise<void>, count: number): Promise<void> => {
  let ended = 0
  const worker = new Worker(address.name, handler, { connection: client, prefix: address.prefix })
  worker.on('completed', () => void ended++)
  worker.on('failed', () => void ended++)
  await until(() => ended === count)
  await worker.close()
}

describe('jobs that another set-up has ended', () => {
  it('are handed out when they had failed, and can be sent again', async () => {
    await addKept('a')
    await endThem(() => Promise.reject(new Error('an older worker')), 1)
    expect(await theirs.getFailedCount()).toBe(1)
    const queue = bullmqJobQueue({ url: redisUrl(), prefix, stalledAfterMs: 500 })
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 1)
    await until(async () => (await theirs.getJobCountByTypes('failed', 'completed', 'active')) === 0)
    await queue.enqueue([jobOf('a')])
    await until(() => taken.length === 2)
    expect(taken).toEqual(['a', 'a'])
    await queue.close()
  })

  it('do not keep new ones of the same id away when they had completed', async () => {
    await addKept('a')
    await endThem(() => Promise.resolve(), 1)
    expect(await theirs.getCompletedCount()).toBe(1)
    const queue = bullmqJobQueue({ url: redisUrl(), prefix, stalledAfterMs: 500 })
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(async () => (await theirs.getCompletedCount()) === 0)
    await queue.enqueue([jobOf('a')])
    await until(() => taken.length === 1)
    expect(taken).toEqual(['a'])
    await queue.close()
  })

  it('are handed out when they are marked as stalled too often', async () => {
    const queue = bullmqJobQueue({ url: redisUrl(), prefix, stalledAfterMs: 500 })
    await queue.enqueue([jobOf('a')])
    // What the stalled check of a worker with a small `maxStalledCount` writes.
    await client.hset(
      theirs.toKey(messageOf(jobOf('a')).opts.jobId ?? ''),
      'defa',
      'job stalled more than allowable limit',
    )
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 1)
    expect(taken).toEqual(['a'])
    await queue.close()
  })
})

describe('jobs that others put into the queue', () => {
  it('are not handled, kept among the failed ones, told of, and hold up nobody', async () => {
    const { logger, lines } = recordLog()
    const queue = bullmqJobQueue({ url: redisUrl(), prefix, logger })
    await theirs.addBulk([
      { name: 'mail', data: { to: 'somebody' } },
      { name: 'null', data: null },
      { name: 'half', data: { id: 'x', runId: 'r', incarnation: 'i', definitionHash: 'h', visit: { nodeId: 7 } } },
    ])
    await queue.enqueue([jobOf('ours')])
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await until(async () => (await theirs.getFailedCount()) === 3 && taken.length === 1)
    const failed = await theirs.getFailed()
    expect(failed.map(({ name }) => name).sort()).toEqual(['half', 'mail', 'null'])
    expect(failed[0]?.failedReason).toContain('was not put into the queue by Heddle')
    expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(3)
    await queue.close()
  })
})

describe('jobs of one id', () => {
  it('are one while it waits or is being handled, and leave nothing behind', async () => {
    const one = bullmqJobQueue({ url: redisUrl(), prefix })
    const other = bullmqJobQueue({ url: redisUrl(), prefix })
    await one.enqueue([jobOf('a'), jobOf('b', { delayMs: 20 })])
    await other.enqueue([jobOf('a'), jobOf('b'), jobOf('c', { priority: 3 })])
    const taken: string[] = []
    other.consume(async ({ id }) => {
      taken.push(id)
      await one.enqueue([jobOf(id)])
    })
    await until(() => taken.length === 3)
    await pause(100)
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
    await one.close()
    await other.close()
    const left = await client.keys(`${prefix}*`)
    const kinds = left.map((key) => key.split(':').at(-1))
    expect(kinds.filter((kind) => kind?.startsWith('heddle/'))).toEqual([])
  })
})
