import { randomNonce } from '../defaults/random-nonce.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { laterJob, type RunJob } from '../model/run-job.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { AttemptRef, ClaimedVisit, ClaimReply, RunRef } from '../ports/run-records.ts'
import type { OutcomeDelivery } from '../ports/turn-store.ts'
import type { ActorOptions } from './actor-options.ts'
import { announceEntries } from './announce-entries.ts'
import { permitKeyOf, type AttemptPermits, type HeldPermit } from './attempt-permits.ts'
import { AttemptsUnderWay } from './attempts-under-way.ts'
import { ClaimedAttempt } from './claimed-attempt.ts'
import type { RecordStep } from './claimed-calls.ts'
import { ClaimedInputs, namesFor } from './claimed-inputs.ts'
import type { NextVisit } from './continuation.ts'
import type { Definition, RunGraphs } from './definitions.ts'
import { keepLease } from './keep-lease.ts'
import type { KnownRuns } from './known-runs.ts'
import { nodeIndex } from './locate-visit.ts'
import { readValuesInParts } from './map-inputs.ts'

/** What one dispatch of a visit is attempted with. */
interface Dispatched {
  readonly job: RunJob
  readonly definition: Definition
  readonly ref: AttemptRef
  readonly visit: VisitName
  /** The graph of the run, as far as it is known here before the claim. */
  readonly graph: CompiledGraph
}

/**
 * The attempts of one actor, each from the claim to what has to be delivered: permit, lease, steps, and the giving up of those that
 * others are to make.
 */
export class VisitAttempts {
  private readonly options: ActorOptions
  private readonly graphs: RunGraphs
  private readonly known: KnownRuns
  private readonly permits: AttemptPermits
  private readonly inputs: ClaimedInputs
  private readonly underWay: AttemptsUnderWay = new AttemptsUnderWay()
  private isLettingGo = false

  constructor(
    options: ActorOptions,
    graphs: RunGraphs,
    { permits, known }: { readonly permits: AttemptPermits; readonly known: KnownRuns },
  ) {
    this.options = options
    this.graphs = graphs
    this.permits = permits
    this.known = known
    this.inputs = new ClaimedInputs(options.store)
  }

  /**
   * Claims a visit and attempts it, under a permit if its key has a limit.
   *
   * @returns what has to be delivered, if the visit could be claimed and was not cut off
   * @throws what the store throws
   */
  make({ job, claimed }: NextVisit, definition: Definition, visit: VisitName): Promise<OutcomeDelivery | undefined> {
    const { runId, incarnation, dispatch = 0 } = job
    const token = claimed?.token ?? randomNonce()
    const ref: AttemptRef = { runId, incarnation, visitKey: visitKey(visit), dispatch, token }
    const { graph } = this.graphs.latest(definition, ref)
    const dispatched = { job, definition, ref, visit, graph }
    if (claimed !== undefined) return this.goOnClaimed(dispatched, claimed)
    // Where nothing is limited nothing more is done, and nothing is waited for.
    if (this.options.keyLimits === undefined) return this.claim(dispatched)
    const isKnown = nodeIndex(graph, visit.nodeId, visit.iteration) !== undefined
    return isKnown ? this.claimLimited(dispatched) : this.claimAdded(dispatched)
  }

  /** Claims a visit of a node that a handler elsewhere has added to the run. */
  private async claimAdded(dispatched: Dispatched): Promise<OutcomeDelivery | undefined> {
    const { definition, ref } = dispatched
    const head = await this.options.store.readRun(ref.runId)
    const expansions = head?.incarnation === ref.incarnation ? head.expansions : []
    return this.claimLimited({ ...dispatched, graph: this.graphs.with(definition, ref, expansions) })
  }

  private claimLimited(dispatched: Dispatched): Promise<OutcomeDelivery | undefined> {
    const { keyLimits = {} } = this.options
    const key = permitKeyOf(keyLimits, dispatched.graph, dispatched.visit)
    return key === undefined ? this.claim(dispatched) : this.claimPermitted(dispatched, key)
  }

  private async claimPermitted(dispatched: Dispatched, key: string): Promise<OutcomeDelivery | undefined> {
    const permit = await this.permits.take(key, dispatched.job, dispatched.ref)
    // Who waits for a permit is brought again when one is free.
    if (permit === undefined) return undefined
    try {
      return await this.claim(dispatched, permit)
    } finally {
      await permit.giveBack()
    }
  }

  private async claim(dispatched: Dispatched, permit?: HeldPermit): Promise<OutcomeDelivery | undefined> {
    const { ref, visit, graph } = dispatched
    const { store, limits } = this.options
    const { touches, ...names } = namesFor(graph, visit)
    const asked = this.known.isLeftToTurns(ref) ? names : { ...names, touches }
    const claim = await store.claim({ ...ref, leaseMs: limits.leaseMs, ...asked })
    return this.goOn(dispatched, claim, permit)
  }

  /** Goes on with what was claimed before: renewed first if that is long ago, since others may have it by now. */
  private async goOnClaimed(
    dispatched: Dispatched,
    { reply, at }: NonNullable<NextVisit['claimed']>,
  ): Promise<OutcomeDelivery | undefined> {
    const { store, limits, clock } = this.options
    const isOld = clock.now() - at > limits.leaseMs / 3
    const isLost = isOld && (await store.renew(dispatched.ref, limits.leaseMs)) === 'abort'
    return isLost ? undefined : this.goOn(dispatched, reply)
  }

  private async goOn(
    dispatched: Dispatched,
    claim: ClaimReply,
    permit?: HeldPermit,
  ): Promise<OutcomeDelivery | undefined> {
    const { job, definition, ref, visit, graph: known } = dispatched
    if (claim.status === 'early') await this.options.enqueue([laterJob(job, claim.delayMs)])
    if (claim.status !== 'claimed') return undefined
    permit?.use()
    // No turn has told what was written with the start of the run.
    const isFirst = job.dispatch === 1 || claim.standing?.revision === 1
    announceEntries(this.options, ref, definition, isFirst ? 1 : claim.started.seq)
    const graph = this.graphs.with(definition, ref, claim.expansions)
    if (claim.standing !== undefined) this.known.learn(ref, { definition, graph, standing: claim.standing })
    const full = await this.inputs.complete(ref, visit, claim, { graph, known })
    return this.carryOut({ ...dispatched, graph }, full, permit)
  }

  private async carryOut(
    { definition, ref, visit, graph }: Dispatched,
    claim: ClaimedVisit,
    permit: HeldPermit | undefined,
  ): Promise<OutcomeDelivery | undefined> {
    const { engine } = definition
    const publishLive = this.livePublisher(ref.runId)
    const record = (name: string, text: string, entry: JournalEntry): ReturnType<RecordStep> =>
      this.recordStep(definition, ref, { name, text, entry })
    const attempt = new ClaimedAttempt({ engine, graph, ref, visit, claim, publishLive, record })
    let givenUp: Promise<void> | undefined
    const stopRenewing = keepLease(this.options, ref, permit, {
      visit: () => attempt.abort(),
      permit: () => {
        givenUp = this.giveUp(attempt)
      },
    })
    this.underWay.add(attempt)
    try {
      // It was claimed while others were given up.
      if (this.isLettingGo) await this.giveUp(attempt)
      const missing = attempt.missingValues()
      if (missing.length > 0) attempt.addValues(await readValuesInParts(this.options.store, ref, missing))
      return await attempt.make()
    } finally {
      stopRenewing()
      this.underWay.remove(attempt)
      if (givenUp !== undefined) await givenUp
    }
  }

  private async recordStep(
    definition: Definition,
    ref: AttemptRef,
    { name, text, entry }: { readonly name: string; readonly text: string; readonly entry: JournalEntry },
  ): Promise<'recorded' | 'existing' | 'stale'> {
    const reply = await this.options.store.recordStep(ref, name, text, entry)
    // The run has been told of since the claim: from where on it is told further is known.
    if (reply === 'recorded') announceEntries(this.options, ref, definition, 1)
    return reply
  }

  private livePublisher(runId: string): ClaimedAttempt['publishLive'] {
    const { feed, clock } = this.options
    return (fact) => feed?.tell([{ ...fact, seq: 0, at: clock.now(), runId }])
  }

  /** Aborts what is attempted here of a run, all of it or some visits. */
  abort(run: RunRef, visitKeys: readonly string[] | 'all'): void {
    this.underWay.abort(run, visitKeys)
  }

  /** See `RunActor.letGo`. */
  async letGo(): Promise<void> {
    this.isLettingGo = true
    await Promise.all(this.underWay.all().map((attempt) => this.giveUp(attempt)))
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
}
