import { EventDrivenOrchestrator, systemClock } from '@heddle/core'
import { describeOrchestrator } from '@heddle/testing/conformance'
import { Cluster } from 'ioredis'
import { afterAll, describe, expect } from 'vitest'
import { bullmqJobQueue, redisCoordinationStore } from '../src/index.ts'
import { startRedisCluster } from './redis-cluster.ts'
import { uniquePrefix } from './redis.ts'
import { testsAtOnce, whenTestEnds } from './tests-at-once.ts'

const cluster = await startRedisCluster()
const connection = new Cluster([...cluster.nodes], { lazyConnect: true, redisOptions: { maxRetriesPerRequest: null } })

afterAll(async () => {
  connection.disconnect()
  await cluster.stop()
})

const long = 'the clock of a server cannot be moved: it would take minutes to days'
const perWorker = 'concurrency is that of a worker, and two share the run'

/** Runs and their child runs lie on different nodes of the cluster, and each queue lies on one. */
function open(): EventDrivenOrchestrator {
  const prefix = uniquePrefix()
  const store = redisCoordinationStore({ client: connection, prefix })
  const queue = bullmqJobQueue({ connection, prefix })
  whenTestEnds(async () => {
    await queue.close()
    await store.close()
  })
  return new EventDrivenOrchestrator({ store, queue, workers: 2 })
}

describe('on a Redis Cluster of three nodes', () => {
  describeOrchestrator('EventDrivenOrchestrator, 2 workers', open, {
    test: { ...testsAtOnce(8), expect },
    createClock: () => systemClock,
    timeFactor: 24,
    skip: {
      'branches that end days apart meet in their join all the same': long,
      'an attempt that takes many minutes is made once: nobody takes it for lost while its worker lives': long,
      "no more attempts run at once than the run's concurrency": perWorker,
    },
  })
})
