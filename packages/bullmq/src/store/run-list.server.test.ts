import type { RunPlace, RunRecord } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
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
