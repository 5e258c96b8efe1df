import type { RunActor } from '../actor/run-actor.ts'
import { Sweeper, type SweeperOptions } from '../actor/sweeper.ts'
import { checkConcurrency } from '../execution/checks/check-run-options.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IJobQueue, JobConsumer } from '../ports/job-queue.ts'

/** Settings of a worker. */
export interface WorkerOptions extends SweeperOptions {
  /** How many jobs may be under way at once. @default 10 */
  readonly concurrency?: number
}

/** Takes jobs of runs from a queue and looks after runs that are due, until it is closed. */
export class Worker implements AsyncDisposable {
  private readonly actor: RunActor
  private readonly consumer: JobConsumer
  private readonly sweeper: Sweeper

  /** @throws HeddleError `INVALID_OPTION` */
  constructor(
    makeActor: (onChange: (dueAt: number | undefined) => void) => RunActor,
    queue: IJobQueue,
    options: WorkerOptions = {},
  ) {
    const { concurrency = 10, ...times } = options
    checkConcurrency(concurrency)
    this.actor = makeActor((dueAt) => {
      if (dueAt !== undefined) this.sweeper.expect(dueAt)
    })
    this.sweeper = new Sweeper(this.actor, times)
    this.consumer = queue.consume((job) => this.handle(job), { concurrency })
    this.sweeper.start()
  }

  /** Never throws: the run's records are the truth, and the sweeper looks after a run whose job failed. */
  private async handle(job: RunJob): Promise<void> {
    try {
      await this.actor.handle(job)
    } catch (error) {
      this.actor.options.logger.error(
        { err: error, runId: job.runId, job: job.id },
        'a job failed; its run is looked after later',
      )
    }
  }

  /** Takes no more jobs, waits until those under way are handled, and ends the sweeper. Idempotent. */
  async close(): Promise<void> {
    this.actor.finish()
    await Promise.all([this.consumer.close(), this.sweeper.close()])
  }

  /** Closes the worker, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
