import type { RunJob } from '../model/run-job.ts'
import type { IClock } from '../ports/clock.ts'

/**
 * For how long the worker that took a job goes on with successors, in milliseconds: then other runs have their turn, and a worker that
 * is to end does not stay for a long chain.
 */
const continuedMs = 1000

/** What follows a job in its worker: one visit at a time that its settlement made ready, which is not sent to the queue. */
export class Continuation {
  private readonly job: RunJob
  private readonly clock: Pick<IClock, 'now'>
  private readonly endsAt: number
  private kept: RunJob | undefined
  private isEnded = false

  /** @param job as it was taken out of the queue */
  constructor(job: RunJob, clock: Pick<IClock, 'now'>) {
    this.job = job
    this.clock = clock
    this.endsAt = clock.now() + continuedMs
  }

  /**
   * Keeps one of the visits that a commit has dispatched, if the worker may go on with it: it is due at once, and of the same queue and
   * priority as the job that was taken, so that it goes past nobody.
   *
   * @returns the jobs that are to be sent to the queue
   */
  keepOne(jobs: readonly RunJob[]): readonly RunJob[] {
    if (this.isEnded || this.kept !== undefined || this.clock.now() >= this.endsAt) return jobs
    const { queue, priority } = this.job
    this.kept = jobs.find(
      (job) => job.visit !== undefined && (job.delayMs ?? 0) === 0 && job.queue === queue && job.priority === priority,
    )
    return this.kept === undefined ? jobs : jobs.filter((job) => job !== this.kept)
  }

  /** The visit to go on with, if one was kept. */
  take(): RunJob | undefined {
    const { kept } = this
    this.kept = undefined
    return kept
  }

  /** No more visits are kept. */
  end(): void {
    this.isEnded = true
  }
}
