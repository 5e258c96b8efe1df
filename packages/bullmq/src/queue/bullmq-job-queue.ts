import { HeddleError, type ConsumeOptions, type IJobQueue, type JobConsumer, type RunJob } from '@heddle/core'
import { Queue } from 'bullmq'
import { BullmqConsumer } from './bullmq-consumer.ts'
import { DrainOnSignal } from './drain-on-signal.ts'
import { reviveFinishedJobs } from './finished-jobs.ts'
import { messageOf, type JobMessage } from './job-message.ts'
import { queueAddress } from './queue-address.ts'
import { QueueConnection } from './queue-connection.ts'
import {
  defaultQueueName,
  resolveQueueOptions,
  type BullmqJobQueueOptions,
  type QueueSettings,
} from './queue-options.ts'
import { within } from '../connection/within.ts'

/** How many jobs are sent in one go: a longer list would keep the server from others for too long. */
const jobsAtOnce = 500

/** How many events of BullMQ are kept for dashboards. */
const eventsKept = 1000

/**
 * A job queue on BullMQ, for clients and workers on any number of machines.
 *
 * A job is kept once by id while it waits or is being handled. It is handed out at least once: again after `redeliverAfterMs` if its
 * handler rejected, and after one to two times `stalledAfterMs` if its consumer died. Connections are opened at the first `enqueue` or
 * `consume` and made again as often as they are lost.
 *
 * `enqueue` rejects with `STORE_UNAVAILABLE` if the server does not answer in time; the jobs may have been put into the queue then.
 * Jobs of BullMQ that are not ours are not handled, and kept among the failed ones.
 *
 * @throws HeddleError `INVALID_OPTION`
 * @example
 * ```ts
 * const queue = bullmqJobQueue({ url: 'redis://127.0.0.1:6379', serves: ['default', 'gpu'], drain: { withinMs: 10_000, signals: ['SIGTERM'] } })
 * await using worker = createWorker({ workflows: [review], store, queue })
 * ```
 */
export function bullmqJobQueue(options: BullmqJobQueueOptions): IJobQueue {
  return new BullmqJobQueue(resolveQueueOptions(options))
}

/** For handlers that know nothing of being given up. */
function nothingToGiveUp(): Promise<void> {
  return Promise.resolve()
}

class BullmqJobQueue implements IJobQueue {
  private readonly settings: QueueSettings
  private readonly queues: Map<string, Queue> = new Map()
  private readonly consumers: Set<BullmqConsumer> = new Set()
  private connection: QueueConnection | undefined
  private signals: DrainOnSignal | undefined
  private reviving: ReturnType<typeof setInterval> | undefined
  private closing: Promise<void> | undefined

  constructor(settings: QueueSettings) {
    this.settings = settings
  }

  private connect(): QueueConnection {
    this.connection ??= new QueueConnection(this.settings)
    return this.connection
  }

  private queueOf(pool: string | undefined): Queue {
    const key = pool ?? defaultQueueName
    const known = this.queues.get(key)
    if (known !== undefined) return known
    const connection = this.connect()
    const { name, prefix } = queueAddress(this.settings.prefix, this.settings.name, pool)
    const streams = { events: { maxLen: eventsKept } }
    const queue = new Queue(name, { connection: connection.client, prefix, streams, skipVersionCheck: true })
    queue.on('error', (error) => connection.noteError(error))
    this.queues.set(key, queue)
    return queue
  }

  async enqueue(jobs: readonly RunJob[]): Promise<void> {
    if (this.closing !== undefined || jobs.length === 0) return
    const messages = new Map<Queue, JobMessage[]>()
    for (const job of jobs) {
      const queue = this.queueOf(job.queue)
      const list = messages.get(queue)
      if (list === undefined) messages.set(queue, [messageOf(job)])
      else list.push(messageOf(job))
    }
    await Promise.all([...messages].map(([queue, list]) => this.send(queue, list)))
  }

  private async send(queue: Queue, messages: readonly JobMessage[]): Promise<void> {
    const [first] = messages
    if (first !== undefined && messages.length === 1) {
      // Most settlements make one visit ready, and a pipeline costs this process more than the job does.
      await this.connect().inTime(queue.add(first.name, first.data, first.opts))
      return
    }
    for (let at = 0; at < messages.length; at += jobsAtOnce) {
      await this.connect().inTime(queue.addBulk(messages.slice(at, at + jobsAtOnce)))
    }
  }

  consume(handler: (job: RunJob) => Promise<void>, options: ConsumeOptions = {}): JobConsumer {
    const { concurrency = 10, onHandBack = nothingToGiveUp } = options
    if (this.closing !== undefined) throw new HeddleError('ALREADY_CLOSED', 'the job queue is closed; open another one')
    if (!(concurrency >= 1)) {
      const message = `concurrency must be a number from 1 up, and is ${concurrency}`
      throw new HeddleError('INVALID_OPTION', message, { details: { option: 'concurrency', given: concurrency } })
    }
    const consumer = new BullmqConsumer({
      settings: this.settings,
      connection: this.connect(),
      handler,
      onHandBack,
      concurrency: Math.min(Math.floor(concurrency), Number.MAX_SAFE_INTEGER),
      enqueue: (jobs) => this.enqueue(jobs),
      onClosed: (closed) => this.forget(closed),
    })
    this.consumers.add(consumer)
    this.look()
    return consumer
  }

  /** While there are consumers: listens to signals, and mends what another set-up left behind. */
  private look(): void {
    const { drainSignals, stalledAfterMs, logger } = this.settings
    this.signals ??= new DrainOnSignal(drainSignals, logger, () => this.closeConsumers())
    if (this.reviving !== undefined) return
    let round: Promise<void> | undefined
    const revive = (): void => {
      round ??= this.revive().finally(() => {
        round = undefined
      })
    }
    this.reviving = setInterval(revive, stalledAfterMs)
    revive()
  }

  private async revive(): Promise<void> {
    const { serves, logger } = this.settings
    for (const pool of serves) {
      if (this.reviving === undefined) return
      try {
        const revived = await reviveFinishedJobs(this.queueOf(pool))
        if (revived > 0) logger.warn({ queue: pool, jobs: revived }, 'jobs that another set-up had given up wait again')
      } catch (error) {
        if (this.reviving === undefined) return
        logger.debug({ err: error, queue: pool }, 'jobs that have ended could not be looked at')
      }
    }
  }

  private forget(consumer: BullmqConsumer): void {
    this.consumers.delete(consumer)
    if (this.consumers.size > 0) return
    clearInterval(this.reviving)
    this.reviving = undefined
    this.signals?.close()
    this.signals = undefined
  }

  private async closeConsumers(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()))
  }

  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    await this.closeConsumers()
    const { connectTimeoutMs, logger } = this.settings
    try {
      await within(Promise.all([...this.queues.values()].map((queue) => queue.close())), connectTimeoutMs)
    } catch (error) {
      logger.debug({ err: error }, 'a queue was closed without its server')
    }
    await this.connection?.close()
  }
}
