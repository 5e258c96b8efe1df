import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { Control, Effect } from '../kernel/control.ts'
import { decide, type KernelEvent } from '../kernel/decide.ts'
import { noteRetry } from '../kernel/failure.ts'
import { retryDelayMs } from '../kernel/retry.ts'
import type { Visit } from '../kernel/visit.ts'
import type { Outcome, Resumption } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { AbortControllers, runEndedError } from './abort-controllers.ts'
import type { AttemptHost } from './attempt-context.ts'
import type { Engine } from './engine.ts'
import { FrameInputs } from './frame-inputs.ts'
import { Publisher } from './publisher.ts'
import { RunFacts } from './run-facts.ts'
import { deadlineError, watchSignal, type RunLimits } from './run-limits.ts'
import { endFact, startFact } from './start-and-end-facts.ts'
import { Suspensions, type SuspensionHost } from './suspensions.ts'

/** Settings of one run in this process. */
export interface InProcessOptions extends RunLimits {
  readonly journal?: boolean
}

const nothing = (): void => undefined

/**
 * One run in this process: it hands events to the kernel and carries out the effects that come back, apart from attempting visits,
 * which is the orchestrator's part. Whoever drives it is told through `onWork` when visits became ready by themselves (a timer, a
 * resume, a child) and through `onRest` when the run has settled or only waits for something external.
 */
export class InProcessRun implements AttemptHost, SuspensionHost {
  readonly engine: Engine
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  readonly inputs: FrameInputs
  readonly facts: RunFacts
  onWork: () => void = nothing
  onRest: () => void = nothing
  private readonly options: InProcessOptions
  private abortControllers: AbortControllers | undefined
  private suspensions: Suspensions | undefined
  private stopWatching: () => void = nothing
  private hasBegun = false
  /** Visits whose attempt is under way, for snapshots: whoever restores one makes these attempts again. */
  private readonly inFlight: Set<Visit> = new Set()
  private settled: Promise<WorkflowResult> | undefined
  private resolveSettled: () => void = nothing

  constructor(engine: Engine, traverser: GraphTraverser, state: WorkflowState, options: InProcessOptions = {}) {
    this.engine = engine
    this.traverser = traverser
    this.state = state
    this.options = options
    state.bind(traverser.control, traverser.root)
    this.inputs = new FrameInputs(traverser.control, state)
    const publisher = new Publisher(
      state.runId,
      engine.clock,
      engine.eventBus,
      options.journal === true,
      state.firstSeq,
    )
    this.facts = new RunFacts(traverser, publisher)
  }

  get control(): Control {
    return this.traverser.control
  }

  get graph(): CompiledGraph {
    return this.traverser.control.graph
  }

  get publisher(): Publisher {
    return this.facts.publisher
  }

  get runId(): string {
    return this.state.runId
  }

  get isSettled(): boolean {
    return this.control.hasEnded
  }

  get controllers(): AbortControllers {
    this.abortControllers ??= new AbortControllers()
    return this.abortControllers
  }

  private get waiting(): Suspensions {
    if (this.suspensions === undefined) {
      const suspensions = new Suspensions(this)
      this.suspensions = suspensions
      this.state.openWaits = () => suspensions.openWaits()
    }
    return this.suspensions
  }

  /** Resolves when the run has ended. */
  whenSettled(): Promise<WorkflowResult> {
    this.settled ??= new Promise((resolve) => {
      this.resolveSettled = () => resolve(this.state.toResult(this.engine.serializer))
      if (this.isSettled) this.resolveSettled()
    })
    return this.settled
  }

  /** Starts the run: its start nodes become ready, its deadline and its signal are watched. A second call does nothing. */
  begin(): void {
    if (this.hasBegun) return
    this.hasBegun = true
    const { signal, deadlineMs = this.graph.blueprint.policy?.deadlineMs } = this.options
    this.facts.watch()
    const isNew = this.control.run.phase === 'created'
    if (isNew && this.control.facts !== undefined) this.tell(startFact(this.graph.blueprint, this.state.input))
    const { onWork } = this
    this.onWork = nothing // no handler runs before the limits are watched: it may be the last one
    if (isNew) this.apply({ type: 'begin' })
    this.onWork = onWork
    if (deadlineMs !== undefined) this.setDeadline(deadlineMs)
    if (signal !== undefined) this.stopWatching = watchSignal(signal, (reason) => this.cancel(reason))
    if (this.control.ready.length > 0) this.onWork()
  }

  private setDeadline(deadlineMs: number): void {
    const error = deadlineError(this.runId, deadlineMs)
    this.waiting.setTimer(deadlineMs, false, () => this.apply({ type: 'limit', error }))
  }

  /** Goes on with the live visits of a run that was restored. */
  restorePending(): void {
    for (const { visit, state } of this.state.takePending()) {
      if (state.type === 'suspended') this.waiting.restore(visit, state.on, state)
      else if (state.type === 'retry') this.dispatchAt(visit, state.due)
      else {
        visit.resumption = state.resumption
        this.control.ready.push(visit)
      }
    }
  }

  /** The run as plain data. Attempts under way are made again by whoever restores it. */
  snapshot(): RunSnapshot {
    this.begin()
    const ready = this.traverser.getReadyNodes().map(({ visit }) => visit)
    const again = [...this.inFlight, ...ready].map((visit) => ({
      visit,
      state: { type: 'ready', ...(visit.resumption === undefined ? {} : { resumption: visit.resumption }) } as const,
    }))
    this.traverser.returnReadyNodes()
    return this.state.snapshot([...again, ...(this.suspensions?.pendingVisits() ?? [])], this.facts.publisher.seq)
  }

  /** Ends the run as cancelled, at once; what it has produced so far stays. A run that has settled is left as it is. */
  cancel(reason?: string): void {
    this.begin()
    this.apply({ type: 'cancel', ...(reason === undefined ? {} : { reason }) })
  }

  /** The next ready visit, now running. */
  take(): Visit | undefined {
    const visit = this.control.ready.shift()
    if (visit !== undefined) this.start(visit)
    return visit
  }

  start(visit: Visit): void {
    const { control } = this
    this.state.underWay++
    this.inFlight.add(visit)
    this.facts.watch()
    decide(control, { type: 'started', visit })
    this.facts.flush()
  }

  /** Hands the outcome of an attempt to the kernel, and carries out what it decides. */
  settle(visit: Visit, outcome: Outcome): void {
    const { control } = this
    this.state.underWay--
    this.inFlight.delete(visit)
    this.abortControllers?.delete(visit)
    this.facts.watch()
    if (outcome.status === 'completed' && this.state.shared.hasMoved(outcome.reads)) {
      decide(control, { type: 'dropped', visit })
    } else {
      const random = outcome.status === 'failed' ? this.engine.random() : 0
      const isAccepted = decide(control, { type: 'settled', visit, outcome, random })
      if (isAccepted) this.state.record(visit, control.recorded(outcome))
    }
    this.facts.flush()
    if (control.effects.length > 0) this.carryOut()
  }

  /**
   * Lets the kernel decide whether a failed attempt is tried again, and waits out the delay.
   *
   * @returns false if it was the last attempt: its outcome has to be settled
   */
  async tryAgain(visit: Visit, error: HeddleError): Promise<boolean> {
    const { control, engine } = this
    const policy = this.graph.nodes[visit.node]?.config?.retry
    const delayMs = retryDelayMs(policy, visit.attempt, error, engine.random())
    if (delayMs === undefined || this.isSettled) return false
    this.facts.watch()
    noteRetry(control, visit, error, delayMs)
    this.abortControllers?.delete(visit)
    this.facts.flush()
    await this.waiting.delay(delayMs)
    return !this.isSettled
  }

  /** Hands an event to the kernel and carries out what it decides. */
  private apply(event: KernelEvent): void {
    this.facts.watch()
    decide(this.control, event)
    this.facts.flush()
    this.carryOut()
    if (this.control.ready.length > 0) this.onWork()
  }

  resumeVisit(visit: Visit, resumption: Resumption, fact: RunFact): void {
    this.tell(fact)
    this.apply({ type: 'resumed', visit, resumption })
  }

  addUnderWay(count: number): void {
    this.state.underWay += count
  }

  private carryOut(): void {
    const { effects } = this.control
    if (effects.length === 0) return
    const pending: readonly Effect[] = effects.splice(0)
    for (const effect of pending) {
      if (effect.type === 'dispatch') this.dispatchAt(effect.visit, this.engine.clock.now() + effect.delayMs)
      else if (effect.type === 'suspend') this.waiting.suspend(effect.visit, effect.on)
      else if (effect.type === 'abort') this.abortControllers?.abortVisits(effect.visits)
      else if (effect.type === 'stop') this.controllers.abortAll(runEndedError(this.runId))
      else this.finish(effect.status)
    }
  }

  private dispatchAt(visit: Visit, due: number): void {
    this.waiting.retryLater(visit, due, () => {
      this.control.ready.push(visit)
      this.onWork()
    })
  }

  private finish(status: 'completed' | 'failed' | 'cancelled'): void {
    this.suspensions?.end()
    this.stopWatching()
    const output = (): unknown => this.state.toResult(this.engine.serializer).output
    if (this.control.facts !== undefined) this.tell(endFact(status, this.control.failures, output))
    this.resolveSettled()
    this.onRest()
  }

  /** Tells the driver if nothing is ready or under way any more: the run has settled, or waits for something external. */
  checkRest(): void {
    if (this.isSettled || this.state.underWay > 0 || this.control.ready.length > 0) return
    const waits = this.openWaits()
    if (waits.length > 0) this.tell({ type: 'run.awaiting', waits: waits.map(({ waitId }) => waitId) })
    this.onRest()
  }

  /** The open waits of this run and of its child runs. */
  openWaits(): readonly OpenWait[] {
    return this.suspensions?.openWaits() ?? []
  }

  /** Whether this run, or a child of it, has an open wait of that name or id. */
  hasWait(nameOrId: string): boolean {
    return this.suspensions?.hasWait(nameOrId) === true
  }

  /**
   * Answers an open wait of this run or of a child run, once.
   *
   * @param nameOrId the wait's name if only one of that name is open, else its id
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
   */
  resume(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    return this.waiting.answer(nameOrId, payload, action)
  }

  publishLive(fact: RunFact): void {
    this.tell(fact)
  }

  tell(fact: RunFact): void {
    this.facts.tell(fact)
  }
}
