import { decide } from '../kernel/decide.ts'
import type { KernelEvent } from '../kernel/kernel-event.ts'
import type { Visit } from '../kernel/visit.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { reviveError } from '../model/error-data.ts'
import type { Outcome, Resumption } from '../model/outcome.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { VisitName } from '../model/visit.ts'
import { DecidedFacts } from './decided-facts.ts'
import type { GraphTraverser } from './graph-traverser.ts'
import { journalCorrupt } from './journal-corrupt.ts'
import { LastRounds } from './last-rounds.ts'
import { LiveVisits, type InterruptedAttempt } from './live-visits.ts'
import { completedOutcome, compensationOutcome, failedOutcome, type CompensationEnd } from './recorded-outcomes.ts'
import { rebuildOrigin, type RebuildOptions, type RebuildOrigin } from './rebuild-origin.ts'
import { answerOf, childResumption, isCallEvent, noteWaitEnd, type CallEvent } from './recorded-calls.ts'
import { ToldAhead } from './told-ahead.ts'
import type { WorkflowState } from './workflow-state.ts'

/** A run as its journal tells of it: ready to go on. */
export interface RebuiltRun {
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  /** Attempts that were under way; their visits are to be attempted again. */
  readonly interrupted: readonly InterruptedAttempt[]
  /** The last entry of its journal. */
  readonly seq: number
}

/** Events of the end of an attempt. */
type AttemptEvent = Extract<RunEvent, { readonly type: `node.${'completed' | 'failed' | 'retrying' | 'suspended'}` }>

/** Events of one visit. */
type EventOfVisit = RunEvent & VisitName

/**
 * Rebuilds a run from its journal by deciding it anew: what came from outside (outcomes, answers, timers) is handed to the kernel in
 * the order in which it was recorded. What the kernel decides is compared with what was recorded, so a journal that was changed, or
 * belongs to another definition, is never loaded silently wrong. No handler runs.
 *
 * @param journal events in order; of a run that was restored, those after the snapshot
 * @throws HeddleError `JOURNAL_CORRUPT` with the `seq` of the first event that does not follow from those before it;
 *   `DEFINITION_MISMATCH` if the run began with another definition
 */
export function rebuildRun(
  blueprint: WorkflowBlueprint,
  journal: readonly RunEvent[],
  options: RebuildOptions = {},
): RebuiltRun {
  const origin = rebuildOrigin(blueprint, journal, options)
  const rebuild = new Rebuild(origin, journal.at(-1))
  const { until = Infinity } = options
  for (const event of origin.events) {
    if (event.seq > until && rebuild.isWhole) break
    rebuild.add(event)
  }
  return rebuild.finish()
}

class Rebuild {
  private readonly traverser: GraphTraverser
  private readonly state: WorkflowState
  private readonly live: LiveVisits
  private readonly decided: DecidedFacts = new DecidedFacts()
  /** The last event of the journal: what cuts a run off is told at the end of what it does. */
  private readonly last: RunEvent | undefined
  private readonly ahead: ToldAhead = new ToldAhead()
  private readonly endedWaits: LastRounds<'answered' | 'expired'>
  private seq: number

  constructor({ traverser, state, snapshot }: RebuildOrigin, last: RunEvent | undefined) {
    this.traverser = traverser
    this.state = state
    this.last = last
    this.seq = snapshot?.seq ?? 0
    this.live = new LiveVisits(() => traverser.control.graph)
    this.endedWaits = new LastRounds(snapshot?.endedWaits)
    for (const { visit, state: pending, calls } of state.takePending()) {
      this.live.keep(visit, pending)
      if (calls !== undefined) this.live.keepCalls(visit, calls)
    }
    traverser.control.facts = []
  }

  /** Whether every decision so far was told in full. */
  get isWhole(): boolean {
    return this.decided.isEmpty && this.ahead.isEmpty
  }

  /** Hands an event to the kernel, and takes in what it wants done. */
  private apply(event: KernelEvent): void {
    const { control } = this.traverser
    decide(control, event)
    this.decided.add(this.traverser.takeFacts())
    for (let visit = control.ready.shift(); visit !== undefined; visit = control.ready.shift()) {
      const { resumption } = visit
      this.live.keep(visit, { type: 'ready', ...(resumption === undefined ? {} : { resumption }) })
    }
    for (const effect of control.effects.splice(0)) this.live.take(effect)
  }

  add(event: RunEvent): void {
    this.seq = event.seq
    switch (event.type) {
      case 'run.started':
        this.apply({ type: 'begin' })
        return
      case 'context.changed':
      case 'graph.expanded':
        this.ahead.add(event)
        return
      case 'node.started':
        // Over a store every claim is told, also the one after an attempt that was lost.
        if (this.live.isRunning(event)) return
        this.start(event)
        break
      case 'node.completed':
      case 'node.failed':
      case 'node.retrying':
      case 'node.suspended':
        this.addAttempt(event)
        break
      case 'node.skipped':
        if (event.reason.type === 'when') this.settle(event, { status: 'skipped' })
        break
      case 'node.ready':
        this.readyAgain(event)
        break
      case 'compensation.started':
        this.start({ ...event, compensates: true })
        break
      case 'compensation.completed':
      case 'compensation.retrying':
      case 'compensation.failed':
        this.addCompensation(event)
        break
      default:
        this.addExternal(event)
    }
    this.compare(event)
  }

  private compare(event: RunEvent): void {
    if (!DecidedFacts.isDecided(event) || this.decided.take(event)) return
    if (this.decided.isEmpty) this.cutOff(event)
    if (!this.decided.take(event)) throw journalCorrupt(event, 'it does not follow from the events before it')
  }

  private cutOff(event: RunEvent): void {
    const { last } = this
    if (event.type === 'run.compensating') this.apply({ type: 'limit', error: reviveError(event.error) })
    else if (this.traverser.control.run.phase === 'compensating') {
      // What was awaited was cut off, or its attempt came to nothing.
      if (event.type === 'node.cancelled') this.apply({ type: 'dropped', visit: this.liveVisit(event) })
    } else if (last?.type === 'run.cancelled') {
      this.apply({ type: 'cancel', ...(last.reason === undefined ? {} : { reason: last.reason }) })
    } else if (last?.type === 'run.failed') this.apply({ type: 'limit', error: reviveError(last.error) })
  }

  private start(event: EventOfVisit): void {
    const visit = this.liveVisit(event)
    this.live.start(event)
    this.apply({ type: 'started', visit })
  }

  private addAttempt(event: AttemptEvent): void {
    if (event.type === 'node.completed') {
      this.settle(event, completedOutcome(event, this.ahead.take()))
    } else if (event.type === 'node.suspended') {
      if (event.on === undefined) throw journalCorrupt(event, 'it does not tell what the visit waits for')
      this.settle(event, { status: 'suspended', on: event.on })
      this.live.noteOpened(event, event.on, event.at)
    } else this.fail(event)
  }

  private fail(event: RunEvent & { readonly type: 'node.failed' | 'node.retrying' }): void {
    const visit = this.settle(event, failedOutcome(event))
    if (event.type === 'node.retrying') this.live.keep(visit, { type: 'retry', due: event.at + event.delayMs })
  }

  /** What undoes a visit is a visit of its own; a cancel that is told before may have cut it off. */
  private addCompensation(event: CompensationEnd): void {
    if (this.decided.isNext(event)) return
    const of = { ...event, compensates: true as const }
    const visit = this.settle(of, compensationOutcome(event, this.ahead.take().writes))
    if (event.type === 'compensation.retrying') this.live.keep(visit, { type: 'retry', due: event.at + event.delayMs })
  }

  private settle(event: EventOfVisit, outcome: Outcome): Visit {
    const visit = this.liveVisit(event)
    this.live.delete(visit)
    this.apply({ type: 'settled', visit, outcome, random: 0 })
    this.state.record(visit, this.traverser.control.recorded(outcome))
    this.settleCalls(event, visit, outcome)
    return visit
  }

  /** What an outcome means for the durable calls of its visit. */
  private settleCalls(name: VisitName, visit: Visit, outcome: Outcome): void {
    const { live } = this
    if (outcome.status !== 'suspended') {
      if (live.get(name) === undefined) live.endCalls(visit)
      else live.findCalls(name)?.retry()
    } else if (outcome.on.type === 'calls' && live.callsOf(name).suspend(outcome.on)) {
      this.apply({ type: 'resumed', visit, resumption: { type: 'calls-settled' } })
    }
  }

  /** What a durable call came to is recorded; if the visit waits for it, it goes on. */
  private addCall(event: CallEvent): void {
    const visit = this.live.get(event)
    // With its visit a call has ended too.
    if (visit === undefined || !this.live.recordCall(event)) return
    this.apply({ type: 'resumed', visit, resumption: { type: 'calls-settled' } })
  }

  private liveVisit(event: EventOfVisit): Visit {
    const visit = this.live.get(event)
    if (visit === undefined) throw journalCorrupt(event, 'no such visit is live')
    return visit
  }

  /** A visit that is ready although nothing was decided: its attempt came to nothing, and is made again. */
  private readyAgain(event: RunEvent & { readonly type: 'node.ready' }): void {
    if (this.decided.isNext(event)) return
    const visit = this.live.get(event)
    // Of a visit that is not live it tells what a decision that is told later has led to.
    if (visit === undefined) return
    this.apply({ type: 'dropped', visit })
    if (event.lost !== undefined) this.live.noteLost(event, event.lost)
  }

  private addExternal(event: RunEvent): void {
    if (isCallEvent(event)) {
      noteWaitEnd(this.endedWaits, event)
      this.addCall(event)
      return
    }
    switch (event.type) {
      case 'timer.set':
        this.live.note(event, { due: event.at + event.delayMs })
        break
      case 'timer.fired':
        this.resume(event, { type: 'fired' })
        break
      case 'child.started':
        this.live.note(event, { child: {} })
        break
      case 'child.settled':
        // The child of a visit that was cut off is cancelled after it.
        if (event.status === 'cancelled' && this.live.get(event) === undefined) break
        this.resume(event, childResumption(event))
        break
      default:
        this.addOther(event)
    }
  }

  private addOther(event: RunEvent): void {
    noteWaitEnd(this.endedWaits, event)
    if (isLastEvent(event)) this.end(event)
    else if (event.type === 'warning' && event.code === 'CANCELLED_TOO_LATE') this.apply({ type: 'cancel' })
    else if (event.type === 'wait.expired') this.resume(event, { type: 'timed-out' })
    else if (event.type === 'wait.answered') this.resume(event, answerOf(event))
    else if (event.type === 'wait.opened') {
      this.live.note(event, { since: event.at, ...(event.deadline === undefined ? {} : { due: event.deadline }) })
    }
  }

  private resume(event: EventOfVisit, resumption: Resumption): void {
    this.apply({ type: 'resumed', visit: this.liveVisit(event), resumption })
  }

  private end(event: RunEvent): void {
    const { run } = this.traverser.control
    if (run.phase === 'live') this.cutOff(event)
    if (`run.${run.phase}` !== event.type) {
      throw journalCorrupt(event, `the run is ${run.phase} by what was recorded before`)
    }
  }

  finish(): RebuiltRun {
    const { traverser, state, live, seq } = this
    state.setPending(live.pending(), seq)
    state.endedWaits = this.endedWaits.entries()
    traverser.control.facts = undefined
    return { traverser, state, interrupted: live.interrupted(), seq }
  }
}
