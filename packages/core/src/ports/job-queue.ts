import type { RunJob } from '../model/run-job.ts'

/** Settings of a consumer. */
export interface ConsumeOptions {
  /** How many jobs may be handled at once. @default 10 */
  readonly concurrency?: number
  /**
   * Is called once by a queue that does not wait for its handlers for ever: the consumer is being closed, and the jobs that are under way
   * are handed back as soon as this has resolved, or has taken too long. Work that can be given up shall be, and its handlers end.
   */
  readonly onHandBack?: () => Promise<void>
}

/** A consumer that takes jobs until it is closed. */
export interface JobConsumer {
  /** Takes no more jobs and waits until those under way are handled. Idempotent. */
  close(): Promise<void>
}

/**
 * Carries jobs to workers, at least once and in any order. It may lose jobs only together with its process or server: the sweeper
 * sends again what was not claimed. The reference is `memoryJobQueue`.
 */
export interface IJobQueue {
  /**
   * Puts jobs into the queue; one that has the id of a job which still waits or is being handled may be dropped. A job with `delayMs` is
   * handed out that much later. Of those that wait, jobs without a priority come first, then smaller priorities. After `close` jobs are
   * dropped without an error: a sweeper sends again what was not claimed. Atomic for each job.
   */
  enqueue(jobs: readonly RunJob[]): Promise<void>
  /**
   * Hands jobs to the handler until the consumer is closed. A job whose handler rejects is handed out again later.
   *
   * @throws HeddleError `ALREADY_CLOSED`
   */
  consume(handler: (job: RunJob) => Promise<void>, options?: ConsumeOptions): JobConsumer
  /** Closes all consumers and lets go of connections. Jobs that wait stay where the queue keeps them. Idempotent. */
  close(): Promise<void>
}
