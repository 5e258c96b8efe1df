import { describeCoordinationStore } from '@heddle/testing/conformance'
import { Cluster } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../test/redis-cluster.ts'
import { uniquePrefix } from '../../test/redis.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const servers = await startRedisCluster()
const client = new Cluster([...servers.nodes], { lazyConnect: true })

afterAll(async () => {
  client.disconnect()
  await servers.stop()
})

const reason = 'it takes 15 s of real time; the suite on one server shows it'

describe.skipIf(servers.isEmulation)('on a Redis Cluster of three nodes', () => {
  describeCoordinationStore(
    'redisCoordinationStore',
    () => redisCoordinationStore({ client, prefix: uniquePrefix() }),
    {
      test: { describe, it, expect },
      skip: {
        'a job that nobody claims is sent again after a while, under the same dispatch, and then less and less often':
          reason,
        'a message to another run is sent again until it is cleared': reason,
      },
    },
  )
})
