import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { requestOf } from './start-requests.ts'
import { redisCoordinationStore } from '../src/store/redis-coordination-store.ts'
import { startRedis } from './redis-server.ts'
import { rewriteLog } from './rewrite-log.ts'

/** Cuts the log of a dead server in the middle of the last script whose writes it holds. */
function tearLastScript(folder: string): void {
  const place = path.join(folder, 'appendonlydir')
  const file = path.join(place, readdirSync(place).find((name) => name.endsWith('incr.aof')) ?? '')
  const last = readFileSync(file, 'latin1').lastIndexOf('EXEC')
  truncateSync(file, last - 10)
}

it('a script that was torn in the log has no effect, not at later starts either once the log was written anew', async () => {
  const server = await startRedis()
  const redis = new Redis(server.url, { maxRetriesPerRequest: null })
  redis.on('error', () => {})
  onTestFinished(async () => {
    redis.disconnect()
    await server.stop()
  })
  const store = redisCoordinationStore({ client: redis, prefix: 'torn', retention: false })
  const journal = [{ fact: { type: 'run.created' } }]
  const run = requestOf('run', { journal })
  await store.start(requestOf('before'))
  await store.start(run)
  await server.kill()
  tearLastScript(server.folder)
  await server.restart()
  expect(await store.readRun('run')).toBeUndefined()
  await rewriteLog(server.url)
  expect(await store.start(run)).toMatchObject({ status: 'started' })
  await server.kill()
  await server.restart()
  expect((await store.readJournal(run, 0, 10)).map(({ fact }) => fact.type)).toEqual(['run.created'])
  expect(await store.readRun('run')).toMatchObject({ seq: 1, revision: 0 })
}, 60_000)
