import type { HeddleError } from '../../errors/heddle-error.ts'
import type { Effect } from '../../kernel/control.ts'
import { decide } from '../../kernel/decide.ts'
import { noteRetry } from '../../kernel/failure.ts'
import type { KernelEvent } from '../../kernel/kernel-event.ts'
import { noteUndoRetry } from '../../kernel/undo-visit.ts'
import { CompensationVisit, type Visit } from '../../kernel/visit.ts'
import type { Outcome, Resumption } from '../../model/outcome.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { WorkflowResult } from '../../model/workflow-result.ts'
import type { RunHandle } from '../../ports/run-handle.ts'
import type { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { runEndedError } from '../attempt/abort-controllers.ts'
import type { AttemptHost } from '../attempt/attempt-context.ts'
import { CommitScope, type CommitHost } from './commit-scope.ts'
import type { Engine } from '../engine/engine.ts'
import type { InProcessOptions } from '../engine/in-process-options.ts'
import { LimitWatch } from '../engine/limit-watch.ts'
import { noDriver, type RunDriver } from './run-driver.ts'
import { endFact, startFact } from './start-and-end-facts.ts'
import { nothing, WaitingRun } from './waiting-run.ts'

/**
 * One run in this process: it hands events to the kernel and carries out the effects that come back, apart from attempting visits,
 * which is the orchestrator's part: its driver. Each call from outside is one decision with all that follows at once; its events are
 * committed together before anybody is told.
 */
export class InProcessRun extends WaitingRun implements AttemptHost, CommitHost {
  driver: RunDriver = noDriver
  /** Who carries the run out, if it is not driven here. */
  elsewhere: RunHandle | undefined
  readonly watch: LimitWatch
  private hasBegun = false
  private settled: Promise<WorkflowResult> | undefined
  protected readonly scope: CommitScope
  private cancelReason: string | undefined

  constructor(engine: Engine, traverser: GraphTraverser, state: WorkflowState, options: InProcessOptions = {}) {
    super(engine, traverser, state, options)
    this.watch = new LimitWatch(options)
    this.scope = new CommitScope(this, options.sync)
  }

  /** Whether nothing more happens here: the run has ended, or cannot go on in this process. */
  get isSettled(): boolean {
    return this.control.hasEnded || this.scope.broken !== undefined
  }

  /** Whether nothing is ready or under way, or the run has settled. */
  get isAtRest(): boolean {
    return this.isSettled || (this.state.underWay === 0 && this.control.ready.length === 0)
  }

  /** Why the run cannot go on in this process, if it cannot. */
  get brokenBy(): HeddleError | undefined {
    return this.scope.broken
  }

  /** From now on another one carries the run out, and answers for it. */
  handOver(elsewhere: RunHandle): void {
    this.elsewhere = elsewhere
    this.hasBegun = true
    this.scope.tellSettled()
  }

  /** Resolves when the run has ended. @throws HeddleError `STORE_UNAVAILABLE` if it cannot go on in this process */
  whenSettled(): Promise<WorkflowResult> {
    if (this.elsewhere !== undefined) return this.elsewhere.result()
    this.settled ??= this.scope.whenSettled().then(() => this.elsewhere?.result() ?? this.result())
    return this.settled
  }

  /** The result so far, once everything that it tells of was synced. @throws HeddleError `STORE_UNAVAILABLE` */
  result(): WorkflowResult | Promise<WorkflowResult> {
    const { state, engine, scope } = this
    if (scope.isSynced) return state.toResult(engine.serializer)
    return scope.synced().then(() => state.toResult(engine.serializer))
  }

  /** Resolves when nothing more happens to the run here: it has ended, or cannot go on in this process. */
  whenOver(): Promise<void> {
    return this.scope.whenSettled()
  }

  /** Resolves when everything so far was synced, where events are written. @throws HeddleError `STORE_UNAVAILABLE` */
  synced(): Promise<void> {
    return this.scope.synced()
  }

  /** Makes one decision of several calls: their events are written together. */
  together(calls: () => void): void {
    this.scope.enter()
    calls()
    this.scope.leave()
  }

  workDue(): void {
    if (this.control.ready.length > 0) this.driver.workDue()
  }

  restDue(): void {
    this.driver.restDue()
  }

  breakOff(error: HeddleError): void {
    this.suspensions?.abandon(error)
    this.watch.end()
    this.control.ready.clear()
    this.controllers.abortAll(error)
    this.driver.restDue()
  }

  /**
   * Stops carrying the run out, without an end: whoever opens its journal goes on with it. The attempts that are under way are given
   * back first, so that they do not count as lost ones.
   */
  abandon(error: HeddleError): void {
    if (this.isSettled) return
    this.scope.enter()
    this.facts.watch()
    for (const visit of this.inFlight.visits()) decide(this.control, { type: 'dropped', visit })
    this.facts.flush()
    this.control.effects.length = 0
    this.scope.letGo(error)
    this.scope.leave()
  }

  /** Starts the run: its start nodes become ready, its deadline and its signal are watched. A second call does nothing. */
  begin(): void {
    if (this.hasBegun) return
    this.hasBegun = true
    this.scope.enter()
    this.facts.watch()
    if (this.control.run.phase === 'created') {
      const { engine, graph, state, control, options } = this
      if (control.facts !== undefined) this.tell(startFact(engine, graph.blueprint, state, control.onFailure, options))
      this.apply({ type: 'begin' })
    }
    if (!this.isSettled) this.watch.begin(this, this.graph.blueprint.policy?.deadlineMs)
    this.scope.isWorkDue = true
    this.scope.leave()
  }

  enforceDeadline(): void {
    if (this.watch.due !== undefined) this.watch.enforce(this)
  }

  /** Ends the run as failed, whatever its visits do. */
  fail(error: HeddleError): void {
    this.apply({ type: 'limit', error })
  }

  /** An attempt that was lost with the process that made it: its visit is attempted again. */
  dropLost(visit: Visit, lost: number): void {
    this.apply({ type: 'dropped', visit, lost })
  }

  /** Ends the run as cancelled, at once; what it has produced so far stays. A run that has settled is left as it is. */
  cancel(reason?: string): void {
    this.begin()
    this.cancelReason = reason
    this.apply({ type: 'cancel', ...(reason === undefined ? {} : { reason }) })
  }

  /** A ready visit runs from now on. @returns false if it must not be attempted: it was cut off, or the run goes on elsewhere */
  start(visit: Visit): boolean {
    let isAccepted = false
    this.scope.enter()
    try {
      this.facts.watch()
      isAccepted = decide(this.control, { type: 'started', visit })
      if (isAccepted) {
        this.state.underWay++
        this.inFlight.add(visit)
      }
      this.facts.flush()
    } catch (error) {
      this.scope.fault(error)
    }
    this.scope.leave()
    return isAccepted && this.scope.broken === undefined
  }

  /** Hands the outcome of an attempt to the kernel, and carries out what it decides. */
  settle(visit: Visit, outcome: Outcome): void {
    if (this.scope.broken !== undefined) return
    this.scope.enter()
    try {
      this.decideSettled(visit, outcome)
      if (this.control.effects.length > 0) this.carryOut()
    } catch (error) {
      this.scope.fault(error)
    }
    this.scope.leave()
  }

  private decideSettled(visit: Visit, outcome: Outcome): void {
    const { control } = this
    if (this.inFlight.end(visit)) this.state.underWay--
    this.usedControllers?.delete(visit)
    this.facts.watch()
    if (outcome.status === 'completed' && this.state.shared.hasMoved(outcome.reads)) {
      decide(control, { type: 'dropped', visit })
    } else {
      const counted = this.committable(visit, outcome)
      const random = counted.status === 'failed' ? this.engine.random() : 0
      const { attempt } = visit
      const isAccepted = decide(control, { type: 'settled', visit, outcome: counted, random })
      if (isAccepted) this.state.record(visit, control.recorded(counted))
      if (isAccepted) this.suspensions?.settleCalls(visit, counted, visit.attempt !== attempt)
    }
    this.facts.flush()
  }

  /** Whether a failed attempt may be made once more in its slot: nothing cut its visit off, and its run goes on. */
  mayRetry(visit: Visit): boolean {
    const { phase } = this.control.run
    const goesOn = phase === 'live' || (phase === 'compensating' && visit instanceof CompensationVisit)
    return goesOn && !this.isSettled && !this.inFlight.isCutOff(visit)
  }

  /** Notes that a failed attempt is made once more in its slot, after a delay in milliseconds. */
  noteRetry(visit: Visit, error: HeddleError, delayMs: number): void {
    this.scope.enter()
    this.facts.watch()
    if (visit instanceof CompensationVisit) noteUndoRetry(this.control, visit, error, delayMs)
    else noteRetry(this.control, visit, error, delayMs)
    visit.notBefore = this.engine.clock.now() + delayMs
    this.usedControllers?.delete(visit)
    this.suspensions?.calls.retry(visit)
    this.facts.flush()
    this.scope.leave()
  }

  /** Hands an event to the kernel and carries out what it decides. */
  private apply(event: KernelEvent): void {
    if (this.scope.broken !== undefined) return
    this.awaited = nothing
    this.scope.enter()
    try {
      this.facts.watch()
      decide(this.control, event)
      this.facts.flush()
      this.carryOut()
      this.scope.isWorkDue = true
    } catch (error) {
      this.scope.fault(error)
    }
    this.scope.leave()
  }

  resumeVisit(visit: Visit, resumption: Resumption, fact?: RunFact): void {
    this.scope.enter()
    if (fact !== undefined) this.tell(fact)
    this.apply({ type: 'resumed', visit, resumption })
    this.scope.leave()
  }

  private carryOut(): void {
    const { effects } = this.control
    if (effects.length === 0) return
    const pending: readonly Effect[] = effects.splice(0)
    for (const effect of pending) {
      if (effect.type === 'dispatch') this.dispatchAt(effect.visit, this.engine.clock.now() + effect.delayMs)
      else if (effect.type === 'suspend') this.waiting.suspend(effect.visit, effect.on)
      else if (effect.type === 'abort') this.cutOff(effect.visits)
      else if (effect.type === 'recall') this.suspensions?.delays.end()
      else if (effect.type === 'stop') this.controllers.abortAll(runEndedError(this.runId))
      else this.finish(effect.status)
    }
  }

  /** Attempts a visit at a moment, in milliseconds since 1970. */
  dispatchAt(visit: Visit, due: number): void {
    this.waiting.retryLater(visit, due, () => {
      this.control.ready.push(visit)
      this.driver.workDue()
    })
  }

  private finish(status: 'completed' | 'failed' | 'cancelled'): void {
    this.suspensions?.end()
    this.watch.end()
    const { control, cancelReason } = this
    if (control.facts !== undefined) {
      this.tell(endFact(status, control.failures, () => this.storable.toldOutput(), cancelReason))
    }
    this.scope.isRestDue = true
  }

  /** Tells the driver if nothing is ready or under way any more: the run has settled, or waits for something external. */
  checkRest(): void {
    if (this.isSettled || !this.isAtRest) return
    this.scope.enter()
    this.tellAwaiting()
    this.scope.isRestDue = true
    this.scope.leave()
  }
}
