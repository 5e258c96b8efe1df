import { inspect } from 'node:util'
import type { HeddleError } from '@heddle/core'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobOf, pause, until } from '../../test/jobs.ts'
import { recordLog } from '../../test/record-log.ts'
import { startRedis, type RedisServer } from '../../test/redis-server.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'

let server: RedisServer

/** What a promise rejects with. */
const rejection = async (promise: Promise<unknown>): Promise<HeddleError> => {
  try {
    await promise
  } catch (error) {
    return error as HeddleError
  }
  return expect.fail('it should have been refused')
}

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)

beforeEach(async () => {
  server = await startRedis({ settings: { appendfsync: 'always' } })
  process.on('unhandledRejection', note)
})

afterEach(async () => {
  await server.stop()
  await pause(50)
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

describe('a server that is restarted', () => {
  it('has the jobs that it had; consumers wait for it and go on', async () => {
    const { logger, lines } = recordLog()
    const queue = bullmqJobQueue({ url: server.url, stalledAfterMs: 500, logger })
    const taken: string[] = []
    let endFirst: () => void = () => undefined
    queue.consume(async ({ id }) => {
      taken.push(id)
      if (id !== 'first') return
      await new Promise<void>((resolve) => {
        endFirst = resolve
      })
    })
    await queue.enqueue([jobOf('first'), jobOf('later', { delayMs: 500 })])
    await until(() => taken.includes('first'))
    await server.kill()
    endFirst()
    const sent = queue.enqueue([jobOf('meanwhile')])
    await pause(300)
    await server.restart()
    await sent
    await queue.enqueue([jobOf('afterwards')])
    await until(() => ['meanwhile', 'later', 'afterwards'].every((id) => taken.includes(id)))
    expect(lines).toContain('warn the Redis of the job queue cannot be reached; tried again')
    expect(lines).toContain('info the Redis of the job queue is reached again')
    await queue.close()
  })

  it('takes jobs again when it was emptied', async () => {
    const queue = bullmqJobQueue({ url: server.url, stalledAfterMs: 500 })
    const taken: string[] = []
    queue.consume(async ({ id }) => void taken.push(id))
    await queue.enqueue([jobOf('a')])
    await until(() => taken.length === 1)
    const admin = new Redis(server.url)
    const keys = await admin.keys('heddle:*')
    await admin.del(...keys)
    await admin.quit()
    await queue.enqueue([jobOf('b')])
    await until(() => taken.length === 2)
    expect(taken).toEqual(['a', 'b'])
    await queue.close()
  })
})

describe('a server that cannot be had', () => {
  const failureOf = async (url: string): Promise<HeddleError> => {
    const queue = bullmqJobQueue({ url, connectTimeoutMs: 300 })
    queue.consume(async () => undefined)
    const error = await rejection(queue.enqueue([jobOf('a')]))
    await queue.close()
    return error
  }

  it('is an error of sending that says where it was looked for and why; nothing else fails, and closing ends', async () => {
    const { port } = server
    await server.stop()
    const error = await failureOf(`redis://127.0.0.1:${port}`)
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      details: { address: `127.0.0.1:${port}` },
    })
    expect(error.message).toContain('could not be reached within 300 ms')
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('is an error without the password when the password is wrong', async () => {
    const admin = new Redis(server.url)
    await admin.config('SET', 'requirepass', 'right')
    await admin.quit()
    const error = await failureOf(server.url.replace('redis://', 'redis://:secret@'))
    expect(error.code).toBe('STORE_UNAVAILABLE')
    expect(error.message).toContain('WRONGPASS')
    expect(inspect(error, { depth: 10 })).not.toContain('secret')
  })

  it('is told once while it refuses the password', async () => {
    const admin = new Redis(server.url)
    await admin.config('SET', 'requirepass', 'right')
    const { logger, lines } = recordLog()
    const queue = bullmqJobQueue({ url: server.url.replace('redis://', 'redis://:wrong@'), logger })
    queue.consume(async () => undefined)
    await until(async () => {
      const connections = /total_connections_received:(\d+)/u.exec(await admin.info('stats'))?.[1]
      return Number(connections) > 10
    })
    expect(lines).toEqual(['warn the Redis of the job queue cannot be reached; tried again'])
    await admin.quit()
    await queue.close()
  })

  it('is an error when the database of the address cannot be selected, and no other one is used', async () => {
    const error = await failureOf(`${server.url}/99`)
    expect(error).toMatchObject({ code: 'STORE_SETTINGS', details: { address: `127.0.0.1:${server.port}` } })
    expect(error.message).toContain('DB index is out of range')
    const admin = new Redis(server.url)
    expect(await admin.keys('*')).toEqual([])
    await admin.quit()
  })

  it('is an error when it is a replica that may only be read', async () => {
    const admin = new Redis(server.url)
    await admin.replicaof('127.0.0.1', '1')
    const error = await failureOf(server.url)
    await admin.quit()
    expect(error.code).toBe('STORE_UNAVAILABLE')
    expect(error.message).toContain('READONLY')
  })

  it('ends a wait for an answer that does not come', async () => {
    const queue = bullmqJobQueue({ url: server.url, connectTimeoutMs: 300 })
    await queue.enqueue([jobOf('a')])
    process.kill(server.pid ?? 0, 'SIGSTOP')
    const error = await rejection(queue.enqueue([jobOf('b')]))
    expect(error.message).toContain('did not answer within 300 ms')
    await queue.close()
    process.kill(server.pid ?? 0, 'SIGCONT')
  })
})
