import type { RunPlace, RunRecord } from '@heddle/core'
import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { readListedScript } from '../lua/read-listed.ts'
import type { RedisClient } from './redis-client.ts'
import { redisCoordinationStore, type RedisCoordinationStore } from './redis-coordination-store.ts'

async function pagesOf(store: RedisCoordinationStore, limit: number): Promise<RunRecord[]> {
  const found: RunRecord[] = []
  let after: RunPlace | undefined
  for (;;) {
    const page = await store.listRuns(limit, after)
    found.push(...page)
    after = page.at(-1)
    if (page.length < limit) return found
  }
}

describe('the list of 2,000 runs that were started at nearly the same time', () => {
  it.each([23, 100, 5000])('has each of them once, in order, in pages of %i', async (limit) => {
    const store = redisCoordinationStore({ url: redisUrl(), prefix: uniquePrefix() })
    const ids = Array.from({ length: 2000 }, (_, at) => `run-${at}`)
    await Promise.all(ids.map((runId) => store.start(requestOf(runId))))
    const found = await pagesOf(store, limit)
    expect(new Set(found.map(({ runId }) => runId))).toEqual(new Set(ids))
    expect(found).toHaveLength(ids.length)
    const times = found.map(({ startedAt }) => startedAt)
    expect(times).toEqual(times.toSorted((one, other) => other - one))
    await store.close()
  })
})

/** A client that does something before each script. */
function clientBefore(redis: Redis, before: (functionName: string) => Promise<void>): RedisClient {
  return {
    fcall: async (name, keyCount, all) => {
      await before(name)
      return redis.fcall(name, keyCount, all)
    },
    function: (subcommand, replace, library) => redis.function(subcommand, replace, library),
    zadd: (key, condition, score, member) => redis.zadd(key, condition, score, member),
    hget: (key, field) => redis.hget(key, field),
    del: (...keys) => redis.del(...keys),
    info: () => redis.info(),
  }
}

describe('a page of the list of runs on one server', () => {
  it.each([50, 1000])('of %i runs takes few scripts, and not one for each of the partitions', async (limit) => {
    const redis = new Redis(redisUrl())
    let scripts = 0
    const client = clientBefore(redis, async () => void scripts++)
    const store = redisCoordinationStore({ client, prefix: uniquePrefix() })
    await Promise.all(Array.from({ length: 3000 }, (_, at) => store.start(requestOf(`run-${at}`))))
    const first = await store.listRuns(limit)
    scripts = 0
    const page = await store.listRuns(limit, first.at(-1))
    expect(page).toHaveLength(limit)
    expect(scripts).toBeLessThanOrEqual(24)
    redis.disconnect()
  })

  it('is full also if runs are removed while it is read', async () => {
    const redis = new Redis(redisUrl())
    const prefix = uniquePrefix()
    const other = redisCoordinationStore({ url: redisUrl(), prefix })
    const gone = ['run-7', 'run-8', 'run-9'].map((runId) => requestOf(runId))
    const client = clientBefore(redis, async (functionName) => {
      if (functionName !== readListedScript.functionName) return
      for (const run of gone.splice(0)) await other.remove(run)
    })
    const store = redisCoordinationStore({ client, prefix })
    for (let at = 0; at < 10; at++) await store.start(requestOf(`run-${at}`))
    const page = await store.listRuns(5)
    expect(page.map(({ runId }) => runId)).toEqual(['run-6', 'run-5', 'run-4', 'run-3', 'run-2'])
    await other.close()
    redis.disconnect()
  })
})
