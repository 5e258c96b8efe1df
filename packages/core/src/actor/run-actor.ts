import { visitKey } from '../model/visit.ts'
import { laterJob, wakeJobId, type RunJob } from '../model/run-job.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { AttemptRef, ClaimedVisit, RunRef } from '../ports/run-records.ts'
import type { TendReply } from '../ports/waits-and-timers.ts'
import type { Delivery, DeliveryVerdict } from '../ports/turn-store.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ActorOptions } from './actor-options.ts'
import { AttemptsUnderWay } from './attempts-under-way.ts'
import { ClaimedAttempt } from './claimed-attempt.ts'
import type { RecordStep } from './claimed-calls.ts'
import { ClaimedInputs, namesFor } from './claimed-inputs.ts'
import { Continuation } from './continuation.ts'
import { RunGraphs, type Definition } from './definitions.ts'
import { sentBack } from './foreign-job.ts'
import { JobPace } from './job-pace.ts'
import { keepLease } from './keep-lease.ts'
import { readValuesInParts } from './map-inputs.ts'
import { MessageSender } from './message-sender.ts'
import { randomNonce } from '../defaults/random-nonce.ts'
import { Turn, type Committed } from './turn.ts'

/** How often a turn that was refused is asked for again in one go; then the sweeper has it. */
const refusalsInARow = 16

/**
 * Carries out jobs of distributed runs: claims a visit and attempts it, delivers its outcome, and drives the run's turn if nobody else
 * does. Everything that it knows of a run it has from the store, so any number of actors may work on one run.
 */
export class RunActor {
  readonly options: ActorOptions
  private readonly graphs: RunGraphs = new RunGraphs()
  private readonly sender: MessageSender
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
    this.sender = new MessageSender(options, (run, definition, delivery) => this.deliver(run, definition, delivery))
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
      for (let next: RunJob | undefined = job; next !== undefined; next = continuation?.take()) {
        const { visit, dispatch } = next
        const isWake = visit === undefined || dispatch === undefined
        const made = isWake ? undefined : await this.attempt(next, definition, visit, dispatch)
        if (isWake || made !== undefined) await this.deliver(job, definition, made, continuation)
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

  /**
   * Delivers an event to a run, and drives its turn if it can be had. Without a definition the turn is left to others.
   *
   * @returns what became of the event, if the run is known
   */
  async deliver(
    ref: RunRef,
    definition: Definition | undefined,
    delivery: Delivery | undefined,
    continuation?: Continuation,
  ): Promise<DeliveryVerdict | undefined> {
    const { store, limits, logger } = this.options
    const run = { runId: ref.runId, incarnation: ref.incarnation }
    const messages: RunMessage[] = []
    let verdict: DeliveryVerdict | undefined
    for (let tries = 0; tries < refusalsInARow; tries++) {
      const request = definition === undefined ? undefined : { nonce: randomNonce(), limitMs: limits.turnMs }
      const reply = await store.deliver(run, delivery, request)
      verdict ??= reply.verdict
      if (reply.verdict === 'rejected') {
        logger.info({ runId: run.runId, event: delivery?.event.id }, 'an outcome came too late and was refused')
      }
      if (reply.turn === undefined || definition === undefined) break
      const turn = new Turn(
        {
          store,
          run,
          definition,
          graph: this.graphs.with(definition, run, reply.turn.expansions),
          maxCommits: limits.maxCommits,
          onCommit: (committed, { dropped, cutOff }) =>
            this.afterCommit(run, definition, committed, { dropped: [...dropped, ...cutOff], messages, continuation }),
        },
        reply.turn,
      )
      if ((await this.drive(turn, run)) !== 'refused') break
    }
    await this.sender.send(run, definition, messages)
    return verdict
  }

  private async drive(turn: Turn, run: RunRef): Promise<'ended' | 'refused' | 'failed'> {
    try {
      return await turn.drive()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const { logger, onChange, clock } = this.options
      logger.error({ err: error, runId: run.runId }, 'a turn failed; it is tried again')
      await turn.fail(reason)
      onChange?.(run, clock.now())
      return 'failed'
    }
  }

  private async afterCommit(
    run: RunRef,
    definition: Definition,
    reply: Committed,
    { dropped, messages, continuation }: AfterCommit,
  ): Promise<void> {
    const { enqueue, onChange } = this.options
    // Before anybody can claim what was dispatched, so that a run is told of from its beginning.
    this.announce(run, definition, reply.seq)
    // Before a visit that is tried again can be claimed here.
    this.attempts.abort(run, reply.ended === true ? 'all' : dropped)
    // As long as the turn goes on its holder has no time for a visit.
    const jobs = reply.turn === undefined && continuation !== undefined ? continuation.keepOne(reply.jobs) : reply.jobs
    if (jobs.length > 0) await enqueue(jobs)
    messages.push(...reply.messages)
    onChange?.(run, reply.dueAt)
  }

  /** Tells listeners of new journal entries. */
  private announce(run: RunRef, { engine }: Definition, seq: number): void {
    const { feed, onJournal } = this.options
    feed?.notify(run, engine.serializer, seq)
    onJournal?.(run)
  }

  /** Claims a visit and attempts it; answers what has to be delivered, if it was claimed and not cut off. */
  private async attempt(
    job: RunJob,
    definition: Definition,
    visit: VisitName,
    dispatch: number,
  ): Promise<Delivery | undefined> {
    const { store, limits, enqueue } = this.options
    const { runId, incarnation } = job
    const run = { runId, incarnation }
    const ref: AttemptRef = { runId, incarnation, visitKey: visitKey(visit), dispatch, token: randomNonce() }
    const known = this.graphs.latest(definition, run)
    const names = namesFor(known.graph, visit)
    const claim = await store.claim({ ...ref, leaseMs: limits.leaseMs, ...names })
    if (claim.status === 'early') await enqueue([laterJob(job, claim.delayMs)])
    if (claim.status !== 'claimed') return undefined
    this.announce(run, definition, claim.started.seq)
    const graph = this.graphs.with(definition, run, claim.expansions)
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
    if (reply === 'recorded') this.announce(ref, definition, 1)
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
    if (reply.messages.length > 0) await this.sender.send(reply, definition, reply.messages)
    if (!reply.needsTurn) return
    if (definition !== undefined) await this.deliver(reply, definition, undefined)
    // Workers that have the definition may be few: the queue finds one sooner than chance does.
    else await enqueue([inboxJob(reply)])
  }
}

/** What is done with a commit beside what it answered. */
interface AfterCommit {
  /** Keys of visits whose dispatch is over. */
  readonly dropped: readonly string[]
  /** Where its messages to other runs are put. */
  readonly messages: RunMessage[]
  readonly continuation: Continuation | undefined
}

/** A job that asks a worker with the run's definition to look at its inbox. */
function inboxJob({ runId, incarnation, definitionHash }: TendReply): RunJob {
  return { id: wakeJobId(incarnation, runId, 'inbox'), runId, incarnation, definitionHash }
}
