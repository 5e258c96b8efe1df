import type { IJobQueue, JobConsumer, RunJob } from '@heddle/core'
import { describeJob } from './describe-operation.ts'
import type { ProcessWorld, VirtualProcess } from './virtual-process.ts'

/** The longest time that a job is on its way without a fault, in milliseconds. */
const latencyMs = 12

/** How many jobs a consumer handles at once if it does not say. */
const defaultConcurrency = 10

interface Consumer {
  readonly process: VirtualProcess
  readonly handler: (job: RunJob) => Promise<void>
  readonly concurrency: number
  active: number
  /** Is called when nothing is handled any more. */
  onIdle: () => void
}

/**
 * The queue of a simulated world. Jobs overtake each other, and go to any worker that has room; by fault they come twice, late or
 * never. A job that a worker had when it died is lost.
 */
export class VirtualQueue {
  private readonly world: ProcessWorld
  private readonly consumers: Consumer[] = []
  private readonly waiting: RunJob[] = []

  constructor(world: ProcessWorld) {
    this.world = world
  }

  /** The queue as one process sees it. */
  seenBy(process: VirtualProcess): IJobQueue {
    return {
      enqueue: (jobs) => process.call('enqueue', async () => this.put(jobs)),
      consume: (handler, { concurrency = defaultConcurrency } = {}) =>
        this.attach({ process, handler, concurrency, active: 0, onIdle: () => undefined }),
      close: async () => undefined,
    }
  }

  /** Takes the consumers of a process away. */
  detach(process: VirtualProcess): void {
    const rest = this.consumers.filter((consumer) => consumer.process !== process)
    this.consumers.splice(0, this.consumers.length, ...rest)
  }

  private attach(consumer: Consumer): JobConsumer {
    this.consumers.push(consumer)
    this.offer()
    return { close: () => this.end(consumer) }
  }

  /** Resolves when what a consumer has taken is handled; it takes no more. */
  private end(consumer: Consumer): Promise<void> {
    this.detach(consumer.process)
    return new Promise((resolve) => {
      consumer.onIdle = resolve
      if (consumer.active === 0) resolve()
    })
  }

  /** Sends jobs on their way. */
  put(jobs: readonly RunJob[]): void {
    const { world } = this
    for (const job of jobs) {
      const fault = world.schedule.next('job')
      if (fault !== undefined) world.note(() => `job ${describeJob(job)}: ${fault.kind} (${fault.amount})`)
      const arrivesMs = (job.delayMs ?? 0) + world.draw(latencyMs)
      if (fault?.kind === 'lateJob') this.sendOff(job, arrivesMs + fault.amount)
      else if (fault?.kind !== 'lostJob') this.sendOff(job, arrivesMs)
      if (fault?.kind === 'duplicateJob') this.sendOff(job, arrivesMs + fault.amount)
    }
  }

  private sendOff(job: RunJob, afterMs: number): void {
    this.world.time.post(afterMs, () => {
      this.waiting.push(job)
      this.offer()
    })
  }

  private offer(): void {
    while (this.waiting.length > 0) {
      const free = this.consumers.filter(({ active, concurrency }) => active < concurrency)
      const consumer = free[this.world.draw(free.length)]
      if (consumer === undefined) return
      this.handOut(consumer, this.waiting.shift() as RunJob)
    }
  }

  private handOut(consumer: Consumer, job: RunJob): void {
    const { process } = consumer
    this.world.note(() => `${process.name} takes ${describeJob(job)}`)
    consumer.active++
    process.enter()
    process.reach(() => void this.handle(consumer, job))
  }

  private async handle(consumer: Consumer, job: RunJob): Promise<void> {
    await consumer.handler(job)
    consumer.active--
    consumer.process.leave()
    if (consumer.active === 0) consumer.onIdle()
    this.offer()
  }
}
