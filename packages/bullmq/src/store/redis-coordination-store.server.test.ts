import type { ICoordinationStore } from '@heddle/core'
import { virtualClock } from '@heddle/testing'
import { describeCoordinationStore } from '@heddle/testing/conformance'
import { describe, expect, it } from 'vitest'
import { clockedClient, type ClockedClient } from '../../test/clocked-client.ts'
import { redisUrl, uniquePrefix } from '../../test/redis.ts'
import { redisCoordinationStore } from './redis-coordination-store.ts'

const clients = new Map<ICoordinationStore, ClockedClient>()

describeCoordinationStore(
  'redisCoordinationStore',
  (clock) => {
    const prefix = uniquePrefix()
    const client = clockedClient(redisUrl(), prefix, clock)
    const store = redisCoordinationStore({ client, prefix })
    clients.set(store, client)
    return store
  },
  {
    test: { describe, it, expect },
    createClock: () => virtualClock({ startMs: Date.UTC(2030, 0) }),
    closeStore: async (store) => {
      await clients.get(store)?.close()
    },
  },
)
