import { createWorker, defineWorkflow, FlowRuntime, ofType } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { jobOf, until } from './jobs.ts'
import { openMovingAddress, type MovingAddress } from './moving-address.ts'
import { recordLog } from './record-log.ts'
import { startRedis, type RedisServer } from './redis-server.ts'

let first: RedisServer
let second: RedisServer
let address: MovingAddress
const closers: (() => Promise<void>)[] = []

beforeEach(async () => {
  first = await startRedis()
  second = await startRedis({ settings: { replicaof: `127.0.0.1 ${first.port}` } })
  address = await openMovingAddress(first.port)
})

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  await address.close()
  await first.stop()
  await second.stop()
})

/** The replica becomes the primary, and the primary its replica; connections that are open stay open. */
async function failOver(): Promise<void> {
  const [old, next] = [new Redis(first.url), new Redis(second.url)]
  await until(async () => (await next.info('replication')).includes('master_link_status:up'))
  await next.replicaof('NO', 'ONE')
  address.moveTo(second.port)
  await old.replicaof('127.0.0.1', String(second.port))
  old.disconnect()
  next.disconnect()
}

function openServices() {
  const { url } = address
  const { logger, lines } = recordLog()
  const store = redisCoordinationStore({ url, logger })
  const queue = bullmqJobQueue({ url, logger })
  closers.push(async () => {
    await queue.close()
    await store.close()
  })
  return { store, queue, lines }
}

const double = defineWorkflow('double', { input: ofType<number>() })
  .node('twice', ({ input }) => 2 * input)
  .build()

describe('another primary behind the same address, while the old one lives on as a replica', () => {
  it('is found by clients and workers: an operation that the replica refused is made again there', async () => {
    const { lines, ...services } = openServices()
    const worker = createWorker({ workflows: [double], ...services })
    closers.push(() => worker.close())
    const { store, queue } = openServices()
    const client = new FlowRuntime({ store, queue, pollMs: 50 })
    expect((await (await client.start(double, 1)).result()).output).toBe(2)
    await failOver()
    for (const input of [2, 3]) expect((await (await client.start(double, input)).result()).output).toBe(2 * input)
    await until(() => lines.includes('info the Redis of the job queue is reached again'))
    expect(lines).toContain('warn the Redis of the job queue cannot be reached; tried again')
  })

  it('is found by who sends several jobs at once; those that were refused are sent again by their sender', async () => {
    const { queue } = openServices()
    await queue.enqueue([jobOf('a')])
    await failOver()
    const jobs = [jobOf('b'), jobOf('c')]
    let isSent = false
    await until(async () => {
      try {
        if (!isSent) await queue.enqueue(jobs)
        isSent = true
      } catch {
        // Whoever sends jobs sends those again that were refused.
      }
      return isSent
    })
    const taken: string[] = []
    openServices().queue.consume(async ({ id }) => void taken.push(id))
    await until(() => taken.length === 3)
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
  })
})
