import { describeCoordinationStore } from '@heddle/testing/conformance'
import { Cluster } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { startRedisCluster } from '../../test/redis-cluster.ts'
import { uniquePrefix } from '../../test/redis.ts'
import { requestOf } from '../../test/start-requests.ts'
import { testsAtOnce } from '../../test/tests-at-once.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const servers = await startRedisCluster()
const client = new Cluster([...servers.nodes], { lazyConnect: true })

afterAll(async () => {
  client.disconnect()
  await servers.stop()
})

/** Behaviours wait most of their time, until leases, deadlines and windows have ended. */
const test = { ...testsAtOnce(4), expect }

const reason = 'it takes 15 s of real time; the suite on one server shows it'

describe('on a Redis Cluster of three nodes', () => {
  describeCoordinationStore(
    'redisCoordinationStore',
    () => redisCoordinationStore({ client, prefix: uniquePrefix() }),
    {
      test,
      skip: {
        'a job that nobody claims is sent again after a while, under the same dispatch, and then less and less often':
          reason,
        'a message to another run is sent again until it is cleared': reason,
      },
    },
  )

  it('calls functions at the node that has their keys, and gives them to a node that has lost them', async () => {
    const store = redisCoordinationStore({ client, prefix: uniquePrefix() })
    const start = (name: string): Promise<unknown> =>
      Promise.all(Array.from({ length: 30 }, (_, at) => store.start(requestOf(`${name}-${at}`))))
    await store.ready()
    const before = await redirects()
    await start('first')
    expect(await redirects()).toBe(before)
    await client.nodes('master')[1]?.function('FLUSH')
    await start('second')
    expect(await store.listRuns(100)).toHaveLength(60)
  })
})

/** How often the nodes have sent a command elsewhere. */
async function redirects(): Promise<number> {
  const told = await Promise.all(client.nodes('master').map((node) => node.info('errorstats')))
  return told.reduce((sum, text) => sum + Number(/errorstat_MOVED:count=(\d+)/u.exec(text)?.[1] ?? 0), 0)
}
