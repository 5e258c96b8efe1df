import { randomNonce } from '../defaults/random-nonce.ts'
import type { RunJob } from '../model/run-job.ts'
import { visitKey } from '../model/visit.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { NextClaim, OutcomeDelivery, SettleReply, TurnChanges } from '../ports/turn-store.ts'
import type { ActorOptions } from './actor-options.ts'
import { permitKeyOf } from './attempt-permits.ts'
import { namesFor } from './claimed-inputs.ts'
import type { Continuation } from './continuation.ts'
import type { Definition } from './definitions.ts'
import type { Deliveries, Driven } from './deliveries.ts'
import type { KnownRun, KnownRuns } from './known-runs.ts'
import type { Applied } from './turn.ts'

/** Most outcomes, and most of their values in characters, that are settled in one go: as many as a turn is handed. */
const settledAtOnce = { outcomes: 256, characters: 1024 * 1024 }

/** Most visits that are claimed in one go: each is handed all shared values of the run. */
const claimedAtOnce = 16

/** An outcome that waits until those before it are settled. */
interface Waiting {
  readonly delivery: OutcomeDelivery
  readonly continuation: Continuation | undefined
  /** Ends the wait; what is left to do for the outcome is waited for by whoever brought it. */
  readonly resolve: (rest: Promise<unknown> | undefined) => void
}

/** A visit that is claimed with the commit that dispatches it, for a worker that goes on with it. */
interface Chosen {
  readonly continuation: Continuation
  readonly claim: NextClaim
}

/** Outcomes, and what follows from them. */
interface Decided {
  readonly run: RunRef
  readonly definition: Definition
  readonly known: KnownRun
  readonly changes: TurnChanges
  readonly batch: readonly Waiting[]
}

/** What follows the reply to a settlement: in an object, since a promise would be waited for. */
interface Rest {
  readonly done: Promise<void>
}

/**
 * Settles outcomes of runs whose standing is known here, in one operation of the store instead of two: what follows from them is decided
 * first, and written if the run has not moved on. Outcomes of one run that come meanwhile go together in the next operation. Where a run
 * is not known, or others are at work on it too, outcomes are delivered, and decided in a turn.
 */
export class Settlements {
  private readonly options: ActorOptions
  private readonly deliveries: Deliveries
  private readonly runs: KnownRuns
  private readonly lines: Map<string, Waiting[]> = new Map()

  constructor(options: ActorOptions, deliveries: Deliveries, runs: KnownRuns) {
    this.options = options
    this.deliveries = deliveries
    this.runs = runs
  }

  /** Brings the outcome of an attempt to its run; what follows from it has been carried out then, or is left to whoever holds the turn. */
  async settle(
    { runId, incarnation }: RunRef,
    definition: Definition,
    delivery: OutcomeDelivery,
    continuation: Continuation | undefined,
  ): Promise<void> {
    const run = { runId, incarnation }
    const line = this.lines.get(incarnation)
    if (line === undefined && !this.runs.countOutcome(run)) {
      await this.deliveries.deliver(run, definition, delivery, continuation)
      return
    }
    await new Promise<unknown>((resolve) => {
      const waiting = { delivery, continuation, resolve }
      if (line === undefined) void this.openLine(run, definition, [waiting])
      else line.push(waiting)
    })
  }

  private async openLine(run: RunRef, definition: Definition, line: Waiting[]): Promise<void> {
    this.lines.set(run.incarnation, line)
    while (line.length > 0) {
      const batch = takeBatch(line)
      const [first, ...others] = await this.settleBatch(run, definition, batch)
      for (const [at, { resolve }] of batch.entries()) resolve(at === 0 ? first : others[at - 1])
    }
    this.lines.delete(run.incarnation)
  }

  /** Answers what is left to do for each outcome. Never throws. */
  private async settleBatch(
    run: RunRef,
    definition: Definition,
    batch: readonly Waiting[],
  ): Promise<readonly (Promise<unknown> | undefined)[]> {
    const known = this.runs.take(run)
    const changes = known === undefined ? undefined : await this.decide(known, batch)
    if (known === undefined || changes === undefined) {
      return batch.map(({ delivery, continuation }) => {
        return this.deliveries.deliver(run, definition, delivery, continuation)
      })
    }
    try {
      const { done } = await this.send({ run, definition, known, changes, batch })
      return [done]
    } catch (error) {
      return batch.map(() => Promise.reject(error as Error))
    }
  }

  /** Sends a settlement. What follows its reply has begun then, and the next settlement does not wait for it. */
  private async send({ run, definition, known, changes, batch }: Decided): Promise<Rest> {
    const { store, limits, clock } = this.options
    const deliveries = batch.map(({ delivery }) => delivery)
    const continuations = batch.flatMap(({ continuation }) => continuation ?? [])
    const { revision, writtenBy } = known
    const chosen = this.chooseNext(known, changes, continuations)
    const claims = chosen.map(({ claim }) => claim)
    const nonce = randomNonce()
    const turn = { nonce: randomNonce(), limitMs: limits.turnMs }
    const sentAt = clock.now()
    const reply = await store.settle(run, { nonce, deliveries, revision, writtenBy, changes, claims }, turn)
    // The others go on before a turn has ended that may last: no job is kept for them that the turn dispatches.
    const driven = { run, definition, deliveries, continuations: continuations.slice(0, 1), messages: [] }
    if (reply.status !== 'committed') return { done: this.fallBack(driven, reply) }
    const jobs = keepClaimed(chosen, reply, sentAt)
    const later = { ...known, revision: revision + 1, writtenBy: nonce }
    return { done: this.goOn(driven, later, { reply: { ...reply, jobs }, changes }) }
  }

  /** What follows by what is known; `undefined` if it cannot be told: a turn reads what is missing, and deals with what throws. */
  private async decide({ decisions }: KnownRun, batch: readonly Waiting[]): Promise<TurnChanges | undefined> {
    try {
      return await decisions.decide(batch.map(({ delivery }) => delivery.event))
    } catch {
      return undefined
    }
  }

  /** The visits that the workers of these outcomes go on with, each claimed in one go with the commit that dispatches it. */
  private chooseNext(
    { decisions }: KnownRun,
    { dispatches, end, recall }: TurnChanges,
    continuations: readonly Continuation[],
  ): readonly Chosen[] {
    // Nothing begins with the end of a run, and the visits of one that stops are taken back.
    if (end !== undefined || recall !== undefined) return []
    const { limits, keyLimits } = this.options
    const { graph } = decisions
    const chosen: Chosen[] = []
    let left = dispatches
    // What needs a permit is claimed after it was given.
    if (keyLimits !== undefined && continuations.length > 0) {
      left = dispatches.filter(({ visit }) => permitKeyOf(keyLimits, graph, visit) === undefined)
    }
    // The first outcome waits until the jobs of the others are sent, so what it could go on with comes last.
    for (const continuation of continuations.toReversed().slice(-claimedAtOnce)) {
      const dispatch = continuation.choose(left)
      if (dispatch === undefined) continue
      left = left.filter((one) => one !== dispatch)
      const { visit, visitKey: key } = dispatch
      const claim = { visitKey: key, token: randomNonce(), leaseMs: limits.leaseMs, ...namesFor(graph, visit) }
      chosen.push({ continuation, claim })
    }
    return chosen
  }

  private async goOn(driven: Driven, known: KnownRun, applied: Applied): Promise<void> {
    const { run, definition, messages } = driven
    const { turn, ended = false } = applied.reply
    if (turn === undefined && !ended) this.runs.keep(run, known)
    await this.deliveries.carryOut(driven, applied)
    if (turn === undefined) await this.deliveries.send(run, definition, messages)
    else await this.deliveries.driveOn(driven, turn)
  }

  private async fallBack(driven: Driven, reply: Exclude<SettleReply, { status: 'committed' }>): Promise<void> {
    const { run, deliveries } = driven
    this.runs.miss(run)
    if (reply.status === 'unknown-run') return
    for (const [at, delivery] of deliveries.entries()) {
      if (reply.verdicts[at] === 'rejected') this.deliveries.tellRejected(run, delivery)
    }
    if (reply.turn !== undefined) await this.deliveries.driveOn(driven, reply.turn)
  }
}

/** Keeps what was claimed for those who go on with it; answers the jobs that are left for the queue. */
function keepClaimed(
  chosen: readonly Chosen[],
  { jobs, claimed }: Extract<SettleReply, { status: 'committed' }>,
  at: number,
): readonly RunJob[] {
  let left = jobs
  for (const [place, { continuation, claim }] of chosen.entries()) {
    const reply = claimed[place]
    const job = left.find(({ visit }) => visit !== undefined && visitKey(visit) === claim.visitKey)
    if (job === undefined || reply === undefined) continue
    continuation.keep({ job, claimed: { token: claim.token, reply, at } })
    left = left.filter((one) => one !== job)
  }
  return left
}

/** Takes the next outcomes out of a line: at least one, and not more than go well together. */
function takeBatch(line: Waiting[]): readonly Waiting[] {
  let characters = 0
  const end = line.findIndex(({ delivery: { values = {} } }, at) => {
    for (const text of Object.values(values)) characters += text.length
    return at > 0 && (at >= settledAtOnce.outcomes || characters > settledAtOnce.characters)
  })
  return line.splice(0, end === -1 ? line.length : end)
}
