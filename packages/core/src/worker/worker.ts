import type { RunActor } from '../actor/run-actor.ts'
import { Sweeper, type SweeperOptions } from '../actor/sweeper.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { checkConcurrency } from '../execution/checks/check-run-options.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IJobQueue, JobConsumer } from '../ports/job-queue.ts'

/** Settings of a worker. */
export interface WorkerOptions extends SweeperOptions {
  /** How many jobs may be under way at once. @default 10 */
  readonly concurrency?: number
}

/** How a worker ends. */
export interface CloseWorkerOptions {
  /**
   * How long attempts under way may take until they have an outcome, in milliseconds. Those that take longer are given up: their signal
   * is aborted, and another worker attempts their visits at once. Such an attempt counts neither as failed nor as lost.
   * @default Infinity
   */
  readonly withinMs?: number
}

/** How long it is waited for a store or a queue that does not answer, after the time of the attempts is up, in milliseconds. */
const graceMs = 5000

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
    const onHandBack = (): Promise<void> => this.actor.letGo()
    this.consumer = queue.consume((job) => this.handle(job), { concurrency, onHandBack })
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

  /**
   * Takes no more jobs, waits until those under way are handled or their time is up, and ends the sweeper. May be called again, with less
   * time too.
   *
   * @throws HeddleError `INVALID_OPTION`
   */
  async close({ withinMs = Infinity }: CloseWorkerOptions = {}): Promise<void> {
    if (!(withinMs >= 0)) {
      const message = `withinMs must be a number of milliseconds from 0 up, and is ${withinMs}`
      throw new HeddleError('INVALID_OPTION', message, { details: { option: 'withinMs', given: withinMs } })
    }
    this.actor.finish()
    const closed = Promise.all([this.consumer.close(), this.sweeper.close()])
    if (await this.isDone(closed, withinMs)) return
    const { logger } = this.actor.options
    if (await this.isDone(Promise.all([this.actor.letGo(), closed]), graceMs)) return
    logger.warn('a worker ended before its store or its queue answered; its runs are looked after by others')
  }

  /** Whether something comes to its end in time. */
  private async isDone(work: Promise<unknown>, withinMs: number): Promise<boolean> {
    let cancel: () => void = () => undefined
    const late = new Promise<false>((resolve) => {
      if (withinMs < Infinity) cancel = this.actor.options.clock.schedule(withinMs, () => resolve(false))
    })
    try {
      return await Promise.race([work.then(() => true), late])
    } finally {
      cancel()
    }
  }

  /** Closes the worker, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
