import { HeddleError, type JobConsumer, type RunJob } from '@heddle/core'
import { DelayedError, WaitingError, Worker, type Job } from 'bullmq'
import { isRunJob } from './job-message.ts'
import { queueAddress, type QueueAddress } from './queue-address.ts'
import type { QueueConnection } from './queue-connection.ts'
import type { QueueSettings } from './queue-options.ts'
import { SlotGate } from './slot-gate.ts'
import { within } from '../connection/within.ts'

/** For how long a job waits here for a slot that another queue has, and then for somebody to take it, in milliseconds. */
const holdMs = 500

/** Pause before a worker of BullMQ asks again after an error, in milliseconds. Its own default is 15 s. */
const retryMs = 500

/** How many jobs of others are kept that could not be done. */
const foreignJobsKept = 1000

/** How the handling of a job ended here. */
type End = 'handled' | 'rejected' | 'handed back'

/** What a consumer works with. */
export interface ConsumerParts {
  readonly settings: QueueSettings
  readonly connection: QueueConnection
  readonly handler: (job: RunJob) => Promise<void>
  readonly concurrency: number
  /** Gives up what is under way, so that its handlers end. */
  readonly onHandBack: () => Promise<void>
  /** Puts jobs into the queue again. */
  readonly enqueue: (jobs: readonly RunJob[]) => Promise<void>
  /** The consumer has ended. */
  readonly onClosed: (consumer: BullmqConsumer) => void
}

/** Takes jobs by one worker of BullMQ for each queue that is served. They share the slots of the consumer. */
export class BullmqConsumer implements JobConsumer {
  private readonly parts: ConsumerParts
  private readonly gate: SlotGate
  private readonly workers: readonly Worker<RunJob>[]
  /** One for each job that is being handled: ends the wait for it. */
  private readonly underWay: Set<(end: End) => void> = new Set()
  private noteIdle: () => void = () => undefined
  private closing: Promise<void> | undefined

  constructor(parts: ConsumerParts) {
    const { prefix, name, serves } = parts.settings
    this.parts = parts
    this.gate = new SlotGate(parts.concurrency)
    this.workers = serves.map((queue) => this.openWorker(queueAddress(prefix, name, queue)))
  }

  private openWorker({ name, prefix }: QueueAddress): Worker<RunJob> {
    const { connection, concurrency } = this.parts
    const { stalledAfterMs, rateLimit } = this.parts.settings
    const worker = new Worker<RunJob>(name, (job, token = '') => this.process(job, token), {
      connection: connection.client,
      prefix,
      concurrency,
      // Small and equal: a job of a consumer that died is back after one to two of these.
      lockDuration: stalledAfterMs,
      stalledInterval: stalledAfterMs,
      // The store counts attempts that were lost, and gives up in time. BullMQ must not.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: retryMs,
      removeOnFail: { count: foreignJobsKept },
      ...(rateLimit === undefined ? {} : { limiter: { max: rateLimit.max, duration: rateLimit.perMs } }),
    })
    worker.on('error', (error) => connection.noteError(error))
    worker.on('failed', (job, error) => this.noteFailed(job, error))
    return worker
  }

  /** One job of BullMQ. It ends well, or is put where it comes again; it fails only if it is none of ours. */
  private async process(job: Job<RunJob>, token: string): Promise<void> {
    if (!isRunJob(job.data)) throw foreignJob(job)
    if (this.closing !== undefined) return this.putBack(job, token)
    if (!(await this.gate.enter(holdMs))) return this.putOff(job, token, holdMs)
    const end = this.closing === undefined ? await this.endOf(job.data) : 'handed back'
    this.gate.leave()
    if (end === 'handed back') return this.putBack(job, token)
    if (end === 'rejected') return this.putOff(job, token, this.parts.settings.redeliverAfterMs)
    return undefined
  }

  /** Waits until a job was handled, or until it is no longer waited for. */
  private async endOf(job: RunJob): Promise<End> {
    return new Promise((resolve) => {
      this.underWay.add(resolve)
      void this.handle(job).then((end) => {
        resolve(end)
        this.underWay.delete(resolve)
        if (this.underWay.size === 0) this.noteIdle()
      })
    })
  }

  private async handle(job: RunJob): Promise<End> {
    const { handler, settings } = this.parts
    try {
      await handler(job)
      return 'handled'
    } catch (error) {
      settings.logger.warn({ err: error, runId: job.runId, job: job.id }, 'a job was not handled; it comes again')
      return 'rejected'
    }
  }

  /** The job comes again later. BullMQ wants to hear so by an error of its own. */
  private async putOff(job: Job<RunJob>, token: string, delayMs: number): Promise<never> {
    await this.unlessLost(job, () => job.moveToDelayed(Date.now() + delayMs, token))
    throw new DelayedError()
  }

  /** The job is the next one for whoever takes one. */
  private async putBack(job: Job<RunJob>, token: string): Promise<never> {
    this.parts.settings.logger.info({ runId: job.data.runId, job: job.data.id }, 'a job was handed back')
    await this.unlessLost(job, () => job.moveToWait(token))
    throw new WaitingError()
  }

  /** If the job is no longer ours, then because it was handed out again: nothing is left to do. */
  private async unlessLost(job: Job<RunJob>, move: () => Promise<unknown>): Promise<void> {
    try {
      await move()
    } catch (error) {
      this.parts.settings.logger.info({ err: error, job: job.data.id }, 'a job that was to be put back has gone')
    }
  }

  /** A job that BullMQ gave up, for instance because another program on this queue counts stalls, is put into the queue again. */
  private noteFailed(job: Job<RunJob> | undefined, error: Error): void {
    const { logger } = this.parts.settings
    if (job === undefined || !isRunJob(job.data)) {
      logger.error(
        { err: error, job: job?.id },
        'a job in the queue is none of Heddle; it is kept among the failed ones',
      )
      return
    }
    const { id, runId } = job.data
    logger.warn({ err: error, runId, job: id }, 'a job was given up by the queue; it is sent again')
    void this.sendAgain(job.data)
  }

  private async sendAgain(job: RunJob): Promise<void> {
    try {
      await this.parts.enqueue([job])
    } catch (error) {
      const { logger } = this.parts.settings
      logger.warn(
        { err: error, runId: job.runId, job: job.id },
        'a job could not be sent again; a sweeper finds its run',
      )
    }
  }

  close(): Promise<void> {
    this.closing ??= this.drain()
    return this.closing
  }

  private async drain(): Promise<void> {
    const { drainWithinMs, connectTimeoutMs, logger } = this.parts.settings
    // Each stops taking jobs at once, and ends when it has told the server of those that it has.
    const closed = Promise.allSettled(this.workers.map((worker) => worker.close()))
    const idle = await within(this.idle(), drainWithinMs)
    if (!idle.isInTime) await this.giveUp()
    for (const end of this.underWay) end('handed back')
    const ended = await within(closed, connectTimeoutMs)
    if (!ended.isInTime || ended.value.some(({ status }) => status === 'rejected')) {
      logger.warn('a consumer ended without its server; its jobs are handed out again')
    }
    this.parts.onClosed(this)
  }

  /** Work that is given up is somebody else's before its job is, so that nobody takes the job in vain. */
  private async giveUp(): Promise<void> {
    const { connectTimeoutMs, logger } = this.parts.settings
    try {
      const givenUp = await within(this.parts.onHandBack(), connectTimeoutMs)
      if (!givenUp.isInTime) logger.warn('work that is under way could not be given up in time')
    } catch (error) {
      logger.warn({ err: error }, 'work that is under way could not be given up')
    }
  }

  private async idle(): Promise<void> {
    if (this.underWay.size === 0) return
    await new Promise<void>((resolve) => {
      this.noteIdle = resolve
    })
  }
}

function foreignJob(job: Job): HeddleError {
  const id = String(job.id).slice(0, 100)
  return new HeddleError(
    'INVALID_PAYLOAD',
    `the job "${id}" was not put into the queue by Heddle; take it out of there`,
    {
      details: { job: id, queue: job.queueName },
    },
  )
}
