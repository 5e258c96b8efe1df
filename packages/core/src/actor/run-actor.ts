import { randomNonce } from '../defaults/random-nonce.ts'
import { visitKey } from '../model/visit.ts'
import { laterJob, wakeJobId, type RunJob } from '../model/run-job.ts'
import type { AttemptRef, ClaimedVisit } from '../ports/run-records.ts'
import type { TendReply } from '../ports/waits-and-timers.ts'
import type { Delivery } from '../ports/turn-store.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ActorOptions } from './actor-options.ts'
import { announce } from './announce.ts'
import { AttemptsUnderWay } from './attempts-under-way.ts'
import { ClaimedAttempt } from './claimed-attempt.ts'
import type { RecordStep } from './claimed-calls.ts'
import { ClaimedInputs, namesFor } from './claimed-inputs.ts'
import { Continuation, type NextVisit } from './continuation.ts'
import { RunGraphs, type Definition } from './definitions.ts'
import { Deliveries } from './deliveries.ts'
import { sentBack } from './foreign-job.ts'
import { JobPace } from './job-pace.ts'
import { keepLease } from './keep-lease.ts'
import { readValuesInParts } from './map-inputs.ts'
import { Settlements } from './settlements.ts'

/**
 * Carries out jobs of distributed runs: claims a visit and attempts it, delivers its outcome, and drives the run's turn if nobody else
 * does. Everything that it knows of a run it has from the store, so any number of actors may work on one run.
 */
export class RunActor {
  readonly options: ActorOptions
  private readonly graphs: RunGraphs = new RunGraphs()
  private readonly deliveries: Deliveries
  private readonly settlements: Settlements
  private readonly pace: JobPace
  private readonly inputs: ClaimedInputs
  /** What follows the jobs that are being done, if this actor goes on with successors. */
  private readonly continuations: Set<Continuation> = new Set()
  private isFinishing = false
  private readonly attempts: AttemptsUnderWay = new AttemptsUnderWay()
  private isLettingGo = false

  constructor(options: ActorOptions) {
    this.options = options
    this.pace = new JobPace(options.clock)
    this.inputs = new ClaimedInputs(options.store)
    this.deliveries = new Deliveries(options, this.graphs, this.attempts)
    this.settlements = new Settlements(options, this.deliveries)
  }

  /**
   * Does one job. A job that is out of date, comes twice or too early does no harm.
   *
   * @throws what the store throws; the sweeper sees to the run then
   */
  async handle(job: RunJob): Promise<void> {
    const { definitions, enqueue, logger } = this.options
    const definition = definitions.get(job.definitionHash)
    if (definition === undefined) {
      const { runId, definitionHash } = job
      logger.info({ runId, definitionHash }, 'a job waits for a worker that has the definition of its run')
      await enqueue([sentBack(job)])
      return
    }
    this.pace.enter(definition.engine.pacer)
    try {
      await this.carryOn(job, definition)
    } finally {
      this.pace.leave()
    }
  }

  /** Does a job, and then one visit after another that follows it here. */
  private async carryOn(job: RunJob, definition: Definition): Promise<void> {
    const goesOn = this.options.continues === true && !this.isFinishing
    const continuation = goesOn ? new Continuation(job, this.options.clock) : undefined
    if (continuation !== undefined) this.continuations.add(continuation)
    try {
      for (let next: NextVisit | undefined = { job }; next !== undefined; next = continuation?.take()) {
        const { visit } = next.job
        const made = visit === undefined ? undefined : await this.attempt(next, definition, visit)
        if (visit === undefined) await this.deliveries.deliver(job, definition, undefined, continuation)
        else if (made !== undefined) await this.settlements.settle(job, definition, made, continuation)
      }
    } finally {
      if (continuation !== undefined) this.continuations.delete(continuation)
    }
  }

  /** Goes on with no more successors: what is under way is the last that its jobs do here. */
  finish(): void {
    this.isFinishing = true
    for (const continuation of this.continuations) continuation.end()
  }

  /** Claims a visit and attempts it; answers what has to be delivered, if it was claimed and not cut off. */
  private async attempt(
    { job, claimed }: NextVisit,
    definition: Definition,
    visit: VisitName,
  ): Promise<Delivery | undefined> {
    const { store, limits, enqueue } = this.options
    const { runId, incarnation, dispatch = 0 } = job
    const run = { runId, incarnation }
    const token = claimed?.token ?? randomNonce()
    const ref: AttemptRef = { runId, incarnation, visitKey: visitKey(visit), dispatch, token }
    const known = this.graphs.latest(definition, run)
    const ask = { ...ref, leaseMs: limits.leaseMs, ...namesFor(known.graph, visit) }
    const claim = claimed?.reply ?? (await store.claim(ask))
    if (claim.status === 'early') await enqueue([laterJob(job, claim.delayMs)])
    if (claim.status !== 'claimed') return undefined
    announce(this.options, run, definition, claim.started.seq)
    const graph = this.graphs.with(definition, run, claim.expansions)
    if (claim.standing !== undefined) this.settlements.learn(run, { definition, graph, standing: claim.standing })
    const full = await this.inputs.complete(run, visit, claim, { graph, known: known.graph })
    return this.makeAttempt(definition, graph, ref, visit, full)
  }

  private async recordStep(
    definition: Definition,
    ref: AttemptRef,
    { name, text, entry }: { readonly name: string; readonly text: string; readonly entry: JournalEntry },
  ): Promise<'recorded' | 'existing' | 'stale'> {
    const reply = await this.options.store.recordStep(ref, name, text, entry)
    // The run has been told of since the claim: from where on it is told further is known.
    if (reply === 'recorded') announce(this.options, ref, definition, 1)
    return reply
  }

  private async makeAttempt(
    definition: Definition,
    graph: CompiledGraph,
    ref: AttemptRef,
    visit: VisitName,
    claim: ClaimedVisit,
  ): Promise<Delivery | undefined> {
    const { runId } = ref
    const { engine } = definition
    const publishLive = this.livePublisher(runId)
    const record = (name: string, text: string, entry: JournalEntry): ReturnType<RecordStep> =>
      this.recordStep(definition, ref, { name, text, entry })
    const attempt = new ClaimedAttempt({ engine, graph, ref, visit, claim, publishLive, record })
    const stopRenewing = keepLease(this.options, ref, () => attempt.abort())
    this.attempts.add(attempt)
    try {
      // It was claimed while others were given up.
      if (this.isLettingGo) await this.giveUp(attempt)
      const missing = attempt.missingValues()
      if (missing.length > 0) attempt.addValues(await readValuesInParts(this.options.store, ref, missing))
      return await attempt.make()
    } finally {
      stopRenewing()
      this.attempts.remove(attempt)
    }
  }

  /**
   * Gives up the attempts that are under way here, and those that are still claimed: their signals are aborted, and other workers get
   * their visits at once. What cannot be given up since the store does not answer is attempted again when its lease has ended.
   */
  async letGo(): Promise<void> {
    this.isLettingGo = true
    await Promise.all(this.attempts.all().map((attempt) => this.giveUp(attempt)))
  }

  private async giveUp(attempt: ClaimedAttempt): Promise<void> {
    const { store, enqueue, logger } = this.options
    const { runId, visitKey: visit } = attempt.ref
    attempt.abort()
    try {
      const reply = await store.release(attempt.ref)
      if (reply.status !== 'released') return
      logger.info({ runId, visit }, 'an attempt was given up; another worker makes it')
      await enqueue([reply.job])
    } catch (error) {
      logger.warn({ err: error, runId, visit }, 'an attempt was given up, but nobody could be told; its lease ends')
    }
  }

  private livePublisher(runId: string): ClaimedAttempt['publishLive'] {
    const { feed, clock } = this.options
    return (fact) => feed?.tell([{ ...fact, seq: 0, at: clock.now(), runId }])
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
