/**
 * Heddle on Redis and BullMQ: the records of runs in Redis, the jobs that wake workers in BullMQ.
 *
 * @packageDocumentation
 */
export { bullmqJobQueue } from './queue/bullmq-job-queue.ts'
export type { BullmqJobQueueOptions, DrainOptions, RateLimit } from './queue/queue-options.ts'
