import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'
import type { RedisClient } from './redis-client.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

/** Counts the commands that are sent, by name. */
function counting(): { readonly client: RedisClient; readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {}
  const client = new Proxy(redis, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name)
      if (typeof found !== 'function' || typeof name !== 'string') return found
      return (...given: unknown[]) => {
        counts[name] = (counts[name] ?? 0) + 1
        return (found as (...all: unknown[]) => unknown).apply(target, given)
      }
    },
  })
  return { client, counts }
}

function sentBy(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

describe('the due index of a Redis store', () => {
  it('finds every due run, whatever its partition, up to the limit and each once', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    const ids = Array.from({ length: 600 }, (_, at) => `run-${at}`)
    await Promise.all(ids.map((id) => store.start(requestOf(id))))
    const found: string[] = []
    for (;;) {
      const { runIds } = await store.takeDue(100, 60_000)
      expect(runIds.length).toBeLessThanOrEqual(100)
      found.push(...runIds)
      if (runIds.length < 100) break
    }
    expect(found.sort()).toEqual(ids.sort())
  })

  it('costs a few commands while nothing is due, not one for each partition', async () => {
    const { client, counts } = counting()
    const store = redisCoordinationStore({ client, prefix: uniquePrefix() })
    await store.start(requestOf('run'))
    await store.takeDue(100, 60_000)
    const before = sentBy(counts)
    for (let sweep = 0; sweep < 20; sweep++) expect((await store.takeDue(100, 60_000)).runIds).toEqual([])
    expect(sentBy(counts) - before).toBeLessThan(256)
  })

  it('finds a run by looking whose due time was never told, since its process died', async () => {
    const prefix = uniquePrefix()
    const mute: RedisClient = {
      evalsha: (sha, keyCount, all) => redis.evalsha(sha, keyCount, all),
      eval: (script, keyCount, all) => redis.eval(script, keyCount, all),
      zadd: async () => 0,
      hget: (key, field) => redis.hget(key, field),
      del: (...keys) => redis.del(...keys),
      info: () => redis.info(),
    }
    await redisCoordinationStore({ client: mute, prefix }).start(requestOf('untold'))
    const store = redisCoordinationStore({ client: redis, prefix })
    const end = performance.now() + 30_000
    let found: readonly string[] = []
    while (found.length === 0 && performance.now() < end) {
      found = (await store.takeDue(100, 60_000)).runIds
      await new Promise((resolve) => {
        setTimeout(resolve, 50)
      })
    }
    expect(found).toEqual(['untold'])
  })

  it('finds a run that was put off at its new time and not before, and one that is due earlier again at once', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    const run = requestOf('run')
    await store.start(run)
    const { turn } = await store.deliver(run, undefined, { nonce: 'a', limitMs: 30_000 })
    const putOff = await store.takeDue(100, 60_000)
    expect(putOff.runIds).toEqual([])
    const { nextInMs = 0 } = await store.takeDue(100, 60_000)
    expect(nextInMs > 15_000 && nextInMs <= 30_000).toBe(true)
    await store.failTurn({ ...run, fence: turn?.fence ?? 0, nonce: 'a', revision: 0 }, 'it is not known why')
    expect((await store.takeDue(100, 60_000)).runIds).toEqual(['run'])
  })

  it('says when the next run is due', async () => {
    const store = redisCoordinationStore({ client: redis, prefix: uniquePrefix() })
    await store.start(requestOf('run'))
    await store.takeDue(100, 60_000)
    const { runIds, nextInMs = 0 } = await store.takeDue(100, 60_000)
    expect(runIds).toEqual([])
    expect(nextInMs > 30_000 && nextInMs <= 60_000).toBe(true)
  })
})
