import { virtualClock } from '@heddle/testing'
import { describeCoordinationStore } from '@heddle/testing/conformance'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { clockedClient } from '../../test/clocked-client.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const redis = new Redis(redisUrl(), { maxRetriesPerRequest: null })

afterAll(async () => {
  await redis.quit()
})

describeCoordinationStore(
  'redisCoordinationStore',
  (clock) => redisCoordinationStore({ client: clockedClient(redis, clock), prefix: uniquePrefix() }),
  { test: { describe, it, expect }, createClock: () => virtualClock({ startMs: Date.UTC(2030, 0) }) },
)
