import { afterEach, describe, expect, it } from 'vitest'
import { jobOf, pause, until } from '../../test/jobs.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'
import type { BullmqJobQueueOptions } from './queue-options.ts'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const opener = () => {
  const prefix = uniquePrefix()
  return (options: BullmqJobQueueOptions = {}) => {
    const queue = bullmqJobQueue({ url: redisUrl(), prefix, ...options })
    closers.push(() => queue.close())
    return queue
  }
}

describe('queues that nodes name', () => {
  it('are served by those who say so, and their jobs wait until somebody does', async () => {
    const open = opener()
    const queue = open()
    await queue.enqueue([jobOf('plain'), jobOf('drawing', { queue: 'gpu' }), jobOf('said', { queue: 'default' })])
    const byDefault: string[] = []
    queue.consume(async ({ id }) => void byDefault.push(id))
    await until(() => byDefault.length === 2)
    await pause(50)
    expect(byDefault.sort()).toEqual(['plain', 'said'])
    const byGpu: string[] = []
    open({ serves: ['gpu'] }).consume(async ({ id }) => void byGpu.push(id))
    await until(() => byGpu.length === 1)
    await queue.enqueue([jobOf('another', { queue: 'gpu' })])
    await until(() => byGpu.length === 2)
    expect(byGpu).toEqual(['drawing', 'another'])
  })

  it('may have names of any form', async () => {
    const names = ['a:b', '{x}', '} {', 'ä/€', 'x'.repeat(10_000), '.', '#', '7']
    const open = opener()
    const queue = open({ serves: names })
    const taken: string[] = []
    queue.consume(async ({ queue: name = 'none' }) => void taken.push(name))
    await queue.enqueue(names.map((name, at) => jobOf(`job-${at}`, { queue: name })))
    await until(() => taken.length === names.length)
    expect(taken.sort()).toEqual([...names].sort())
  })

  it('share the slots of a consumer, and each gets its turn', async () => {
    const open = opener()
    const queue = open({ serves: ['default', 'gpu', 'mail'] })
    await queue.enqueue(
      Array.from({ length: 60 }, (_, at) => jobOf(`job-${at}`, { queue: ['default', 'gpu', 'mail'][at % 3] ?? '' })),
    )
    let active = 0
    let most = 0
    const taken = new Set<string>()
    queue.consume(
      async ({ id }) => {
        most = Math.max(most, ++active)
        await pause(2)
        active--
        taken.add(id)
      },
      { concurrency: 2 },
    )
    await until(() => taken.size === 60)
    expect(most).toBe(2)
  })

  it('do not lose a job that finds no slot here', async () => {
    const open = opener()
    const busy = open({ serves: ['default', 'gpu'] })
    const begun: string[] = []
    busy.consume(
      ({ id }) => {
        begun.push(id)
        return new Promise(() => {})
      },
      { concurrency: 1 },
    )
    await busy.enqueue([jobOf('endless')])
    await until(() => begun.length === 1)
    await busy.enqueue([jobOf('drawing', { queue: 'gpu' })])
    await pause(100)
    const taken: string[] = []
    open({ serves: ['gpu'] }).consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 1)
    expect(begun).toEqual(['endless'])
    closers.shift()
  })
})

describe('a limit of the rate', () => {
  it('holds for all consumers of the queue together', async () => {
    const open = opener()
    const rateLimit = { max: 3, perMs: 600_000 }
    const queues = [open({ rateLimit }), open({ rateLimit })]
    const taken: string[] = []
    for (const queue of queues) queue.consume(async ({ id }) => void taken.push(id))
    await queues[0]?.enqueue(Array.from({ length: 10 }, (_, at) => jobOf(`job-${at}`)))
    await until(() => taken.length >= 3)
    await pause(100)
    expect(taken).toHaveLength(3)
  })
})
