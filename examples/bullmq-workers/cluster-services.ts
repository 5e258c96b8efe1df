import { bullmqJobQueue, redisCoordinationStore, type RedisCoordinationStore } from '@heddle/bullmq'
import type { IJobQueue } from '@heddle/core'
import { Cluster } from 'ioredis'

/** A store and a queue on a Redis Cluster. Both of them find the other nodes by themselves. */
export function clusterServices(host: string, port: number): { store: RedisCoordinationStore; queue: IJobQueue } {
  const client = new Cluster([{ host, port }], { redisOptions: { maxRetriesPerRequest: null } })
  return { store: redisCoordinationStore({ client }), queue: bullmqJobQueue({ connection: client }) }
}
