import { wakeJobId, type RunJob } from '../model/run-job.ts'
import type { TendReply } from '../ports/waits-and-timers.ts'
import type { ActorOptions } from './actor-options.ts'
import { AttemptPermits } from './attempt-permits.ts'
import { Continuation, type NextVisit } from './continuation.ts'
import { RunGraphs, type Definition } from './definitions.ts'
import { Deliveries } from './deliveries.ts'
import { hasGoneRound, isNeeded, sentBack } from './foreign-job.ts'
import { JobPace } from './job-pace.ts'
import { KnownRuns } from './known-runs.ts'
import { Settlements } from './settlements.ts'
import { VisitAttempts } from './visit-attempts.ts'

/**
 * Carries out jobs of distributed runs: claims a visit and attempts it, delivers its outcome, and drives the run's turn if nobody else
 * does. Everything that it knows of a run it has from the store, so any number of actors may work on one run.
 */
export class RunActor {
  readonly options: ActorOptions
  private readonly deliveries: Deliveries
  private readonly settlements: Settlements
  private readonly pace: JobPace
  private readonly permits: AttemptPermits
  private readonly attempts: VisitAttempts
  /** What follows the jobs that are being done, if this actor goes on with successors. */
  private readonly continuations: Set<Continuation> = new Set()
  private isFinishing = false

  constructor(options: ActorOptions) {
    const graphs = new RunGraphs()
    this.options = options
    this.pace = new JobPace(options.clock)
    this.permits = new AttemptPermits(options)
    const known = new KnownRuns()
    this.attempts = new VisitAttempts(options, graphs, { permits: this.permits, known })
    this.deliveries = new Deliveries(options, graphs, this.attempts)
    this.settlements = new Settlements(options, this.deliveries, known)
  }

  /**
   * Does one job. A job that is out of date, comes twice or too early does no harm.
   *
   * @throws what the store throws; the sweeper sees to the run then
   */
  async handle(job: RunJob): Promise<void> {
    const definition = this.options.definitions.get(job.definitionHash)
    if (definition === undefined) {
      await this.sendBack(job)
      return
    }
    this.pace.enter(definition.engine.pacer)
    try {
      await this.carryOn(job, definition)
    } finally {
      this.pace.leave()
    }
  }

  /** Hands on a job whose definition is not known here, as long as its run needs it. */
  private async sendBack(job: RunJob): Promise<void> {
    const { store, enqueue, logger } = this.options
    const { runId, definitionHash } = job
    if (hasGoneRound(job) && !isNeeded(job, await store.readRun(runId))) {
      logger.info({ runId, definitionHash }, 'a job was dropped whose run is over or gone')
      return
    }
    logger.info({ runId, definitionHash }, 'a job waits for a worker that has the definition of its run')
    await enqueue([sentBack(job)])
  }

  /** Does a job, and then one visit after another that follows it here. */
  private async carryOn(job: RunJob, definition: Definition): Promise<void> {
    const goesOn = this.options.continues === true && !this.isFinishing
    const continuation = goesOn ? new Continuation(job, this.options.clock) : undefined
    if (continuation !== undefined) this.continuations.add(continuation)
    try {
      for (let next: NextVisit | undefined = { job }; next !== undefined; next = continuation?.take()) {
        try {
          await this.carryOut(next, definition, continuation)
        } catch (error) {
          // A visit that was kept is in no queue: nobody else begins it before its lease has ended.
          if (continuation?.hasKept !== true) throw error
          const { runId, id } = next.job
          this.options.logger.error({ err: error, runId, job: id }, 'a job failed; what follows it here is attempted')
        }
      }
    } finally {
      if (continuation !== undefined) this.continuations.delete(continuation)
    }
  }

  private async carryOut(
    next: NextVisit,
    definition: Definition,
    continuation: Continuation | undefined,
  ): Promise<void> {
    const { job } = next
    if (job.visit === undefined) {
      await this.deliveries.deliver(job, definition, undefined, continuation)
      return
    }
    const made = await this.attempts.make(next, definition, job.visit)
    if (made !== undefined) await this.settlements.settle(job, definition, made, continuation)
  }

  /** Goes on with no more successors: what is under way, or claimed with a settlement on its way, is the last that its jobs do here. */
  finish(): void {
    this.isFinishing = true
    for (const continuation of this.continuations) continuation.end()
  }

  /**
   * Gives up the attempts that are under way here, and those that are still claimed: their signals are aborted, and other workers get
   * their visits at once. What cannot be given up since the store does not answer is attempted again when its lease has ended.
   */
  letGo(): Promise<void> {
    return this.attempts.letGo()
  }

  /** Looks after the permits of a key that is due. */
  tendPermits(key: string): Promise<void> {
    return this.permits.tend(key)
  }

  /** Looks after a run that is due; see `IWaitsAndTimers.tend`. */
  async tend(runId: string): Promise<void> {
    const { store, limits, enqueue, definitions } = this.options
    const { maxLostAttempts, resendAfterMs } = limits
    const reply = await store.tend(runId, { maxLostAttempts, resendAfterMs })
    if (reply === undefined) return
    const definition = definitions.get(reply.definitionHash)
    if (reply.jobs.length > 0) await enqueue(reply.jobs)
    await this.deliveries.send(reply, definition, reply.messages)
    if (!reply.needsTurn) return
    if (definition !== undefined) await this.deliveries.deliver(reply, definition, undefined)
    // Workers that have the definition may be few: the queue finds one sooner than chance does.
    else await enqueue([inboxJob(reply)])
  }
}

/** A job that asks a worker with the run's definition to look at its inbox. */
function inboxJob({ runId, incarnation, definitionHash }: TendReply): RunJob {
  return { id: wakeJobId(incarnation, runId, 'inbox'), runId, incarnation, definitionHash }
}
