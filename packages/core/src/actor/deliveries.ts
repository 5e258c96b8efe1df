import { randomNonce } from '../defaults/random-nonce.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { Delivery, DeliveryVerdict, TurnGrant } from '../ports/turn-store.ts'
import type { ActorOptions } from './actor-options.ts'
import { announceEntries } from './announce-entries.ts'
import type { Continuation } from './continuation.ts'
import type { Definition, RunGraphs } from './definitions.ts'
import { MessageSender } from './message-sender.ts'
import { Turn, type Applied } from './turn.ts'
import type { VisitAttempts } from './visit-attempts.ts'

/** How often a turn that was refused is asked for again in one go; then the sweeper has it. */
const refusalsInARow = 16

/** What is brought to a run, and what comes of it. */
export interface Driven {
  readonly run: RunRef
  readonly definition: Definition
  readonly deliveries: readonly Delivery[]
  /** What follows the jobs of the deliveries in this worker. */
  readonly continuations: readonly Continuation[]
  /** Messages to other runs, collected until the turn is over. */
  readonly messages: RunMessage[]
}

/** Brings events to runs, drives the turns that come of it, and carries out what was committed. */
export class Deliveries {
  private readonly options: ActorOptions
  private readonly graphs: RunGraphs
  private readonly attempts: VisitAttempts
  private readonly sender: MessageSender

  /** @param attempts those of this process: a commit may cut them off */
  constructor(options: ActorOptions, graphs: RunGraphs, attempts: VisitAttempts) {
    this.options = options
    this.graphs = graphs
    this.attempts = attempts
    this.sender = new MessageSender(options, (run, definition, delivery) => this.deliver(run, definition, delivery))
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
    const { store, limits } = this.options
    const run = { runId: ref.runId, incarnation: ref.incarnation }
    const request = definition === undefined ? undefined : { nonce: randomNonce(), limitMs: limits.turnMs }
    const { verdict, turn } = await store.deliver(run, delivery, request)
    if (delivery !== undefined && verdict === 'rejected') this.tellRejected(run, delivery)
    if (turn === undefined || definition === undefined) return verdict
    const deliveries = delivery === undefined ? [] : [delivery]
    const continuations = continuation === undefined ? [] : [continuation]
    await this.driveOn({ run, definition, deliveries, continuations, messages: [] }, turn)
    return verdict
  }

  /** Logs that an outcome came too late. */
  tellRejected({ runId }: RunRef, { event }: Delivery): void {
    this.options.logger.info({ runId, event: event.id }, 'an outcome came too late and was refused')
  }

  /** Drives a turn. One that is refused is asked for again, with what was delivered: a store may have lost it. Then messages are sent. */
  async driveOn(driven: Driven, granted: TurnGrant): Promise<void> {
    const { run, definition, messages } = driven
    let grant: TurnGrant | undefined = granted
    for (let tries = 1; grant !== undefined; tries++) {
      const ended = await this.drive(driven, grant)
      if (ended !== 'refused' || tries === refusalsInARow) break
      grant = await this.deliverAgain(driven)
    }
    await this.send(run, definition, messages)
  }

  private async deliverAgain({ run, deliveries }: Driven): Promise<TurnGrant | undefined> {
    const { store, limits } = this.options
    const [last, ...others] = deliveries.toReversed()
    await Promise.all(others.map((delivery) => store.deliver(run, delivery, undefined)))
    const { turn } = await store.deliver(run, last, { nonce: randomNonce(), limitMs: limits.turnMs })
    return turn
  }

  private async drive(driven: Driven, grant: TurnGrant): Promise<'ended' | 'refused' | 'failed'> {
    const { store, limits, logger, onChange, clock } = this.options
    const { run, definition } = driven
    const onCommit = (applied: Applied): Promise<void> => this.carryOut(driven, applied)
    const graph = this.graphs.with(definition, run, grant.expansions)
    const turn = new Turn({ store, run, definition, graph, maxCommits: limits.maxCommits, onCommit }, grant)
    try {
      return await turn.drive()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      logger.error({ err: error, runId: run.runId }, 'a turn failed; it is tried again')
      await turn.fail(reason)
      onChange?.(run, clock.now())
      return 'failed'
    }
  }

  /** Carries out what a commit left to be done outside the store, apart from its messages to other runs: these are collected. */
  async carryOut(
    { run, definition, continuations, messages }: Driven,
    { reply, changes: { dropped, cutOff } }: Applied,
  ): Promise<void> {
    const { enqueue, onChange } = this.options
    // Before anybody can claim what was dispatched, so that a run is told of from its beginning.
    announceEntries(this.options, run, definition, reply.seq)
    // Before a visit that is tried again can be claimed here.
    this.attempts.abort(run, reply.ended === true ? 'all' : [...dropped, ...cutOff])
    let { jobs } = reply
    // As long as the turn goes on its holder has no time for a visit.
    if (reply.turn === undefined) for (const continuation of continuations) jobs = continuation.keepOne(jobs)
    if (jobs.length > 0) await enqueue(jobs)
    messages.push(...reply.messages)
    onChange?.(run, reply.dueAt)
  }

  /** Sends messages of a run to other runs. */
  async send(run: RunRef, definition: Definition | undefined, messages: readonly RunMessage[]): Promise<void> {
    if (messages.length > 0) await this.sender.send(run, definition, messages)
  }
}
