import type { RunJob } from '../model/run-job.ts'
import type { IClock } from '../ports/clock.ts'
import type { ClaimReply } from '../ports/run-records.ts'
import type { NewDispatch } from '../ports/new-dispatch.ts'

/**
 * For how long the worker that took a job goes on with successors, in milliseconds: then other runs have their turn, and a worker that
 * is to end does not stay for a long chain.
 */
const continuedMs = 1000

/** A visit that a worker is to attempt. */
export interface NextVisit {
  readonly job: RunJob
  /** If it was claimed before: under which token, what the claim came to, and when it was sent, by the clock of this process. */
  readonly claimed?: { readonly token: string; readonly reply: ClaimReply; readonly at: number }
}

/** What follows a job in its worker: one visit at a time that its settlement made ready, which is not sent to the queue. */
export class Continuation {
  private readonly job: RunJob
  private readonly clock: Pick<IClock, 'now'>
  private readonly endsAt: number
  private kept: NextVisit | undefined
  private isEnded = false

  /** @param job as it was taken out of the queue */
  constructor(job: RunJob, clock: Pick<IClock, 'now'>) {
    this.job = job
    this.clock = clock
    this.endsAt = clock.now() + continuedMs
  }

  /** The visit among those that are being dispatched that the worker may go on with, if there is one: see {@link keepOne}. */
  choose(dispatches: readonly NewDispatch[]): NewDispatch | undefined {
    return this.isOpen ? dispatches.find((dispatch) => this.fits(dispatch)) : undefined
  }

  /** Keeps a visit that was claimed as it was dispatched. */
  keep(next: NextVisit): void {
    this.kept = next
  }

  /**
   * Keeps one of the visits that a commit has dispatched, if the worker may go on with it: it is due at once, and of the same queue and
   * priority as the job that was taken, so that it goes past nobody.
   *
   * @returns the jobs that are to be sent to the queue
   */
  keepOne(jobs: readonly RunJob[]): readonly RunJob[] {
    const job = this.isOpen ? jobs.find((one) => one.visit !== undefined && this.fits(one)) : undefined
    if (job === undefined) return jobs
    this.kept = { job }
    return jobs.filter((one) => one !== job)
  }

  private get isOpen(): boolean {
    return !this.isEnded && this.kept === undefined && this.clock.now() < this.endsAt
  }

  private fits({ delayMs = 0, queue, priority }: Pick<RunJob, 'delayMs' | 'queue' | 'priority'>): boolean {
    return delayMs === 0 && queue === this.job.queue && priority === this.job.priority
  }

  /** Whether there is a visit to go on with. */
  get hasKept(): boolean {
    return this.kept !== undefined
  }

  /** The visit to go on with, if one was kept. */
  take(): NextVisit | undefined {
    const { kept } = this
    this.kept = undefined
    return kept
  }

  /** No more visits are kept. */
  end(): void {
    this.isEnded = true
  }
}
