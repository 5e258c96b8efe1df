import { Redis } from 'ioredis'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { clockedClient } from '../../test/clocked-client.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { takePartitionsScript } from '../lua/take-partitions.ts'
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

/** Takes down the first key of every script. */
function noting(): { readonly client: RedisClient; readonly keys: string[] } {
  const keys: string[] = []
  const client = new Proxy(redis, {
    get: (target, name) => {
      if (name !== 'fcall') return Reflect.get(target, name) as unknown
      return (script: string, keyCount: number, all: string[]) => {
        keys.push(all[0] ?? '')
        return redis.fcall(script, keyCount, all)
      }
    },
  })
  return { client, keys }
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
      fcall: (name, keyCount, all) => redis.fcall(name, keyCount, all),
      function: (subcommand, replace, library) => redis.function(subcommand, replace, library),
      zadd: async () => 0,
      hget: (key, field) => redis.hget(key, field),
      del: (...keys) => redis.del(...keys),
      info: () => redis.info(),
    }
    await redisCoordinationStore({ client: mute, prefix }).start(requestOf('untold'))
    const store = redisCoordinationStore({ client: redis, prefix })
    const asked = vi.spyOn(performance, 'now')
    onTestFinished(() => asked.mockRestore())
    let time = performance.now()
    asked.mockImplementation(() => time)
    const found: string[] = []
    for (const end = time + 8100; time < end; time += 55) found.push(...(await store.takeDue(100, 60_000)).runIds)
    expect(found).toEqual(['untold'])
  })

  it('hands a partition out again soon to which nobody looked, since whoever took it has died', async () => {
    const prefix = uniquePrefix()
    const clock = { time: 1_000_000, now: () => clock.time }
    const client = clockedClient(redis, clock)
    const store = redisCoordinationStore({ client, prefix })
    await store.start(requestOf('run'))
    const dying = redisCoordinationStore({
      client: {
        ...client,
        fcall: async (name, keyCount, all) => {
          const reply = await client.fcall(name, keyCount, all)
          return name === takePartitionsScript.functionName ? new Promise(() => {}) : reply
        },
      },
      prefix,
    })
    void dying.takeDue(100, 60_000)
    await vi.waitFor(async () => expect(await redis.zcard(`${prefix}:{due}`)).toBe(0))
    expect((await store.takeDue(100, 60_000)).runIds).toEqual([])
    clock.time += 2000
    expect((await store.takeDue(100, 60_000)).runIds).toEqual(['run'])
    clock.time += 10_000
    expect((await store.takeDue(100, 60_000)).runIds).toEqual([])
    expect(await redis.zcard(`${prefix}:{due}:looking`)).toBe(0)
  })

  it('looks at every partition within a time, however often it is asked', async () => {
    const { client, keys } = noting()
    const store = redisCoordinationStore({ client, prefix: uniquePrefix() })
    const asked = vi.spyOn(performance, 'now')
    onTestFinished(() => asked.mockRestore())
    let time = performance.now()
    asked.mockImplementation(() => time)
    const end = time + 8100
    for (; time < end; time += 55) await store.takeDue(100, 60_000)
    expect(new Set(keys.filter((key) => /\{p\d+\}$/u.test(key))).size).toBe(256)
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
