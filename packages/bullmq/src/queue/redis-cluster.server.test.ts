import { describeJobQueue } from '@heddle/testing/conformance'
import { Cluster } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../test/redis-cluster.ts'
import { uniquePrefix } from '../../test/redis.ts'
import { bullmqJobQueue } from './bullmq-job-queue.ts'

const cluster = await startRedisCluster()
const connection = new Cluster([...cluster.nodes], { lazyConnect: true })

afterAll(async () => {
  connection.disconnect()
  await cluster.stop()
})

describe('on a Redis Cluster of three nodes', () => {
  describeJobQueue(
    'bullmqJobQueue',
    () =>
      bullmqJobQueue({
        connection,
        prefix: uniquePrefix(),
        redeliverAfterMs: 100,
        serves: ['default', 'gpu', 'mail', 'night'],
      }),
    { test: { describe, it, expect } },
  )
})
