import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { jobOf, pause, until } from '../../test/jobs.ts'
import { runProgram, type RunningProgram } from '../../test/programs.ts'
import { startRedis, type RedisServer } from '../../test/redis-server.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'

const programs: RunningProgram[] = []
let server: RedisServer | undefined

afterEach(async () => {
  for (const { child } of programs.splice(0)) child.kill('SIGKILL')
  await server?.stop()
})

it('no job is lost to consumers that are killed or stand still, and to a server that is killed: each is handled, and nothing stays', async () => {
  const redis = await startRedis({ settings: { appendfsync: 'always' } })
  server = redis
  const options = { url: redis.url, prefix: 'faults', stalledAfterMs: 500, serves: ['default', 'gpu'] }
  const start = (): RunningProgram => {
    const program = runProgram('consume-and-note', JSON.stringify({ ...options, redeliverAfterMs: 100 }))
    programs.push(program)
    return program
  }
  const victims = [start(), start(), start()]
  const queue = bullmqJobQueue({ ...options, connectTimeoutMs: 60_000 })
  const count = 1500
  const send = async (): Promise<void> => {
    for (let at = 0; at < count; at += 15) {
      const ids = Array.from({ length: 15 }, (_, offset) => at + offset)
      await queue.enqueue(
        ids.map((id) =>
          jobOf(`job-${id}`, { ...(id % 3 === 0 ? { queue: 'gpu' } : {}), ...(id % 5 === 0 ? { delayMs: 200 } : {}) }),
        ),
      )
      await pause(40)
    }
  }
  const sent = send()
  const notes = new Redis(redis.url, { maxRetriesPerRequest: null })
  notes.on('error', () => {})
  const noted = (): Promise<number> => notes.hlen('faults:noted')
  await until(async () => (await noted()) > 50)
  for (const victim of victims) {
    victim.child.kill('SIGSTOP')
    await pause(300)
    await redis.kill()
    await redis.restart()
    start()
    await pause(700)
    victim.child.kill('SIGCONT')
    await pause(300)
    victim.child.kill('SIGKILL')
  }
  await sent
  await until(async () => (await noted()) === count)
  const left = async (): Promise<readonly string[]> =>
    (await notes.keys('faults:{jobs*')).filter((key) => key.includes(':heddle/'))
  await until(async () => (await left()).length === 0)
  expect(await noted()).toBe(count)
  await queue.close()
  notes.disconnect()
})
