/**
 * Heddle on Redis and BullMQ: the records of runs in Redis, the jobs that wake workers in BullMQ.
 *
 * @packageDocumentation
 */
export {}
