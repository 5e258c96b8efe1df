/**
 * Heddle on Redis and BullMQ: the records of runs in Redis, the jobs that wake workers in BullMQ.
 *
 * @packageDocumentation
 */
export { bullmqJobQueue } from './queue/bullmq-job-queue.ts'
export { redisCoordinationStore, type RedisCoordinationStore } from './store/redis-coordination-store.ts'
export type { RedisClient, RedisClusterNode } from './store/redis-client.ts'
export type { Retention } from './store/retention.ts'
export type { RedisCoordinationStoreOptions } from './store/store-options.ts'
export type { BullmqJobQueueOptions, DrainOptions, RateLimit } from './queue/queue-options.ts'
