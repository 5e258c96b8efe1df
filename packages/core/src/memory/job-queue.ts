import { systemClock } from '../defaults/system-clock.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IClock } from '../ports/clock.ts'
import type { ConsumeOptions, IJobQueue, JobConsumer } from '../ports/job-queue.ts'

/** Options of a {@link memoryJobQueue}. */
export interface MemoryJobQueueOptions {
  /** The clock by which delays pass. @default systemClock */
  readonly clock?: IClock
}

/** After how many milliseconds a job is handed out again whose handler rejected. */
const redeliveryMs = 1000

/**
 * A job queue in this process: first in, first out, smaller priorities first. A job that waits is kept once by id; one that is being
 * handled may be enqueued again.
 */
export function memoryJobQueue(options: MemoryJobQueueOptions = {}): IJobQueue {
  return new MemoryJobQueue(options.clock ?? systemClock)
}

class MemoryJobQueue implements IJobQueue {
  private readonly clock: IClock
  private readonly waiting: Map<string, RunJob> = new Map()
  private readonly delayed: Map<string, () => void> = new Map()
  private readonly consumers: Set<MemoryConsumer> = new Set()
  private isClosed = false

  constructor(clock: IClock) {
    this.clock = clock
  }

  async enqueue(jobs: readonly RunJob[]): Promise<void> {
    if (this.isClosed) return
    for (const job of jobs) this.put(job, job.delayMs ?? 0)
    this.offer()
  }

  private put(job: RunJob, delayMs: number): void {
    if (this.waiting.has(job.id) || this.delayed.has(job.id)) return
    if (delayMs <= 0) {
      this.waiting.set(job.id, job)
      return
    }
    const cancel = this.clock.schedule(delayMs, () => {
      this.delayed.delete(job.id)
      this.waiting.set(job.id, job)
      this.offer()
    })
    this.delayed.set(job.id, cancel)
  }

  consume(handler: (job: RunJob) => Promise<void>, { concurrency = 10 }: ConsumeOptions = {}): JobConsumer {
    if (this.isClosed) throw new HeddleError('ALREADY_CLOSED', 'the job queue is closed; open another one')
    const consumer = new MemoryConsumer(handler, concurrency, {
      take: () => this.take(),
      giveBack: (job) => this.put(job, redeliveryMs),
      forget: (closed) => this.consumers.delete(closed),
    })
    this.consumers.add(consumer)
    consumer.fill()
    return consumer
  }

  private take(): RunJob | undefined {
    let best: RunJob | undefined
    for (const job of this.waiting.values()) {
      if (best === undefined || (job.priority ?? 0) < (best.priority ?? 0)) best = job
      if (job.priority === undefined) break
    }
    if (best !== undefined) this.waiting.delete(best.id)
    return best
  }

  private offer(): void {
    const takers = [...this.consumers].filter((consumer) => consumer.fill())
    // Who takes a job is asked last the next time: one that puts its jobs back would get them again and again.
    for (const consumer of takers) if (this.consumers.delete(consumer)) this.consumers.add(consumer)
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const cancel of this.delayed.values()) cancel()
    this.delayed.clear()
    await Promise.all([...this.consumers].map((consumer) => consumer.close()))
  }
}

/** What a consumer asks of its queue. */
interface ConsumerSource {
  readonly take: () => RunJob | undefined
  readonly giveBack: (job: RunJob) => void
  readonly forget: (consumer: MemoryConsumer) => void
}

class MemoryConsumer implements JobConsumer {
  private readonly handler: (job: RunJob) => Promise<void>
  private readonly concurrency: number
  private readonly source: ConsumerSource
  private readonly active: Set<Promise<void>> = new Set()
  private isClosed = false

  constructor(handler: (job: RunJob) => Promise<void>, concurrency: number, source: ConsumerSource) {
    this.handler = handler
    this.concurrency = concurrency
    this.source = source
  }

  /** Takes as many jobs as it may; answers whether it took any. */
  fill(): boolean {
    let hasTaken = false
    while (!this.isClosed && this.active.size < this.concurrency) {
      const job = this.source.take()
      if (job === undefined) break
      hasTaken = true
      const handled = this.handle(job)
      this.active.add(handled)
      void handled.then(() => {
        this.active.delete(handled)
        this.fill()
      })
    }
    return hasTaken
  }

  private async handle(job: RunJob): Promise<void> {
    try {
      await this.handler(job)
    } catch {
      // At least once: it was not handled, so it comes again.
      this.source.giveBack(job)
    }
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.source.forget(this)
    await Promise.all(this.active)
  }
}
