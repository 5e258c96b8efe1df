import { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import type { Control, Effect } from '../kernel/control.ts'
import { decide, type KernelEvent } from '../kernel/decide.ts'
import { noteRetry } from '../kernel/failure.ts'
import { retryDelayMs } from '../kernel/retry.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { Outcome, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { AttemptHost } from './attempt-context.ts'
import type { ChildRun } from './child-run.ts'
import type { Engine } from './engine.ts'
import { FrameInputs } from './frame-inputs.ts'
import { Publisher } from './publisher.ts'
import { checkSchema } from './check-schema.ts'
import { WaitBook, waitIdOf, type WaitEntry } from './wait-book.ts'

/** Settings of one run in this process. */
export interface InProcessOptions {
  readonly journal?: boolean
  /** Limit of the run in milliseconds from its start. */
  readonly deadlineMs?: number | undefined
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One run in this process: it hands events to the kernel and carries out the effects that come back, apart from attempting visits,
 * which is the orchestrator's part. Whoever drives it is told through `onWork` when visits became ready by themselves (a timer, a
 * resume, a child) and through `onRest` when the run has settled or only waits for something external.
 */
export class InProcessRun implements AttemptHost {
  readonly engine: Engine
  readonly traverser: GraphTraverser
  readonly state: WorkflowState
  readonly inputs: FrameInputs
  readonly controllers: Map<Visit, AbortController> = new Map()
  readonly waits: WaitBook = new WaitBook()
  readonly publisher: Publisher
  abortReason: unknown = undefined
  onWork: () => void = () => undefined
  onRest: () => void = () => undefined
  private readonly timers: Set<() => void> = new Set()
  private readonly children: Map<Visit, ChildRun> = new Map()
  private readonly options: InProcessOptions
  private removeAbortListener: () => void = () => undefined
  private settled: Promise<WorkflowResult> | undefined
  private resolveSettled: () => void = () => undefined

  constructor(engine: Engine, traverser: GraphTraverser, state: WorkflowState, options: InProcessOptions = {}) {
    this.engine = engine
    this.traverser = traverser
    this.state = state
    this.options = options
    state.bind(traverser.control, traverser.root)
    state.openWaits = () => this.openWaits()
    this.inputs = new FrameInputs(traverser.control, state)
    this.publisher = new Publisher(state.runId, engine.clock, engine.eventBus, options.journal === true)
  }

  get control(): Control {
    return this.traverser.control
  }

  get graph(): CompiledGraph {
    return this.traverser.control.graph
  }

  get isSettled(): boolean {
    const { phase } = this.control.run
    return phase !== 'live' && phase !== 'created'
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
    if (this.control.run.phase !== 'created') return
    this.watchFacts()
    if (this.control.facts !== undefined) this.control.facts.push({ type: 'run.started', workflowId: this.graph.blueprint.id, definitionHash: definitionHash(this.graph.blueprint), input: this.state.input })
    this.apply({ type: 'begin' })
    const { signal, deadlineMs = this.graph.blueprint.policy?.deadlineMs } = this.options
    if (deadlineMs !== undefined) this.setTimer(deadlineMs, false, () => this.exceedDeadline(deadlineMs))
    if (signal === undefined) return
    const cancel = (): void => this.cancel(String(signal.reason))
    if (signal.aborted) cancel()
    else {
      signal.addEventListener('abort', cancel, { once: true })
      this.removeAbortListener = () => signal.removeEventListener('abort', cancel)
    }
  }

  private exceedDeadline(deadlineMs: number): void {
    const { runId } = this.state
    const error = new HeddleError('RUN_DEADLINE', `run "${runId}" did not end within its deadline of ${deadlineMs} ms`, { details: { runId, deadlineMs } })
    this.apply({ type: 'limit', error })
  }

  /** Ends the run as cancelled, at once; what it has produced so far stays. A run that has settled is left as it is. */
  cancel(reason?: string): void {
    this.apply({ type: 'cancel', ...(reason === undefined ? {} : { reason }) })
  }

  /** The next ready visit, now running. */
  take(): Visit | undefined {
    const { control } = this
    const visit = control.ready.shift()
    if (visit === undefined) return undefined
    this.start(visit)
    return visit
  }

  start(visit: Visit): void {
    this.state.underWay++
    this.watchFacts()
    decide(this.control, { type: 'started', visit })
    if (this.control.facts !== undefined) this.publishFacts()
  }

  /** Hands the outcome of an attempt to the kernel, and carries out what it decides. */
  settle(visit: Visit, outcome: Outcome): void {
    const { control, state } = this
    state.underWay--
    if (this.controllers.size > 0) this.controllers.delete(visit)
    this.watchFacts()
    const random = outcome.status === 'failed' ? this.engine.random() : 0
    const accepted = decide(control, { type: 'settled', visit, outcome, random })
    if (accepted) this.record(visit, outcome)
    if (control.facts !== undefined) this.publishFacts()
    if (control.effects.length > 0) this.carryOut()
  }

  /**
   * Lets the kernel decide whether a failed attempt is tried again, and waits out the delay.
   *
   * @returns false if it was the last attempt: its outcome has to be settled
   */
  async tryAgain(visit: Visit, error: HeddleError): Promise<boolean> {
    const { control, engine } = this
    this.watchFacts()
    const delayMs = retryDelayMs(this.graph.nodes[visit.node]?.config?.retry, visit.attempt, error, engine.random())
    if (delayMs === undefined || this.isSettled) return false
    noteRetry(control, visit, error, delayMs)
    if (control.facts !== undefined) this.publishFacts()
    await new Promise<void>((resolve) => {
      this.setTimer(delayMs, false, resolve)
    })
    return !this.isSettled
  }

  private record(visit: Visit, outcome: Outcome): void {
    const { state } = this
    if (outcome.status === 'completed') {
      state.recordOutput(visit, outcome.output, outcome.transformed)
      if (outcome.writes !== undefined) state.shared.commit(outcome.writes)
    } else if (outcome.status === 'failed') this.recordFailure(visit, outcome.error)
    else if (outcome.status === 'suspended' && outcome.on.type === 'items') {
      const items = (visit.frame as FlatFrame).items(visit.itemsKey)
      if (items !== undefined) items.values = outcome.on.items
    }
  }

  private recordFailure(visit: Visit, error: HeddleError): void {
    const frame = visit.frame as FlatFrame
    if (visit.item === -1) {
      frame.errors ??= new Map()
      frame.errors.set(visit.routes, error)
      return
    }
    const items = frame.items(visit.itemsKey)
    if (items !== undefined) items.error ??= error
  }

  /** Hands an event to the kernel and carries out what it decides. */
  private apply(event: KernelEvent): boolean {
    this.watchFacts()
    const accepted = decide(this.control, event)
    if (this.control.facts !== undefined) this.publishFacts()
    this.carryOut()
    if (this.control.ready.length > 0) this.onWork()
    return accepted
  }

  /** Goes on with a suspended visit. */
  private resumeVisit(visit: Visit, resumption: Extract<KernelEvent, { type: 'resumed' }>['resumption'], fact?: RunFact): void {
    this.watchFacts()
    if (fact !== undefined) this.control.facts?.push(fact)
    this.apply({ type: 'resumed', visit, resumption })
  }

  private carryOut(): void {
    const { effects } = this.control
    if (effects.length === 0) return
    const pending: readonly Effect[] = effects.splice(0)
    for (const effect of pending) {
      if (effect.type === 'dispatch') this.dispatchLater(effect.visit, effect.delayMs)
      else if (effect.type === 'suspend') this.suspend(effect.visit, effect.on)
      else if (effect.type === 'abort') this.abort(effect.visits)
      else if (effect.type === 'stop') this.stop()
      else this.finish(effect.status)
    }
  }

  private dispatchLater(visit: Visit, delayMs: number): void {
    this.setTimer(delayMs, true, () => {
      if (this.isSettled) return
      this.control.ready.push(visit)
      this.onWork()
    })
  }

  /** @param counts whether the run is under way while the timer runs; a wait's or the run's deadline does not count */
  private setTimer(delayMs: number, counts: boolean, fire: () => void): () => void {
    if (counts) this.state.underWay++
    const done = (): void => {
      if (this.timers.delete(cancel) && counts) this.state.underWay--
    }
    const cancelClock = this.engine.clock.schedule(delayMs, () => {
      done()
      fire()
    })
    const cancel = (): void => {
      cancelClock()
      done()
    }
    this.timers.add(cancel)
    return cancel
  }

  private suspend(visit: Visit, on: Suspension): void {
    if (on.type === 'wait') this.openWait(visit, on)
    else if (on.type === 'timer') this.sleep(visit, on.name, on.delayMs)
    else if (on.type === 'child') this.startChild(visit, on)
  }

  private sleep(visit: Visit, name: string, delayMs: number): void {
    const visitName = nameVisit(this.graph, visit)
    this.tell({ type: 'timer.set', ...visitName, name, delayMs })
    this.setTimer(delayMs, true, () => this.resumeVisit(visit, { type: 'fired' }, { type: 'timer.fired', ...visitName, name }))
  }

  private openWait(visit: Visit, on: Extract<Suspension, { type: 'wait' }>): void {
    const visitName = nameVisit(this.graph, visit)
    const { name, timeoutMs } = on
    const waitId = waitIdOf(name, visitName)
    const deadline = timeoutMs === undefined ? undefined : this.engine.clock.now() + timeoutMs
    const cancelTimer = timeoutMs === undefined ? (): void => undefined : this.setTimer(timeoutMs, false, () => this.expire(entry))
    const wait = { waitId, name, ...visitName, ...(deadline === undefined ? {} : { deadline }) }
    const entry: WaitEntry = { wait, visit, schemaName: name, cancelTimer }
    this.waits.add(entry)
    this.tell({ type: 'wait.opened', ...visitName, waitId, name, ...(deadline === undefined ? {} : { deadlineMs: deadline }) })
  }

  private expire(entry: WaitEntry): void {
    const { waitId, name } = entry.wait
    this.closeWait(entry, 'expired')
    this.resumeVisit(entry.visit, { type: 'timed-out' }, { type: 'wait.expired', ...nameVisit(this.graph, entry.visit), waitId, name })
  }

  private closeWait(entry: WaitEntry, how: 'answered' | 'expired' | 'cancelled'): void {
    this.waits.close(entry, how)
  }

  /**
   * Answers an open wait of this run or of a child run, once.
   *
   * @param nameOrId the wait's name if only one of that name is open, else its id
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
   */
  async resume(nameOrId: string, payload: unknown, action?: string): Promise<void> {
    const child = this.hasOwnWait(nameOrId) ? undefined : [...this.children.values()].find((run) => run.hasWait(nameOrId))
    if (child !== undefined) return child.resume(nameOrId, payload, action)
    const found = this.waits.find(nameOrId, this.state.runId)
    const schema = this.engine.waitSchema(found.schemaName)
    const checked: unknown =
      schema === undefined ? payload : await checkSchema(schema, payload, 'INVALID_PAYLOAD', `the payload for wait "${nameOrId}"`)
    // A schema may check asynchronously: meanwhile the wait may have been answered.
    const entry = this.waits.find(nameOrId, this.state.runId)
    const { waitId, name } = entry.wait
    const answer = { payload: checked, ...(action === undefined ? {} : { action }) }
    this.closeWait(entry, 'answered')
    this.resumeVisit(entry.visit, { type: 'answered', ...answer }, { type: 'wait.answered', ...nameVisit(this.graph, entry.visit), waitId, name, ...answer })
    return undefined
  }

  /** Whether this run, or a child of it, has an open wait of that name or id. */
  hasWait(nameOrId: string): boolean {
    return this.hasOwnWait(nameOrId) || [...this.children.values()].some((child) => child.hasWait(nameOrId))
  }

  private hasOwnWait(nameOrId: string): boolean {
    return this.waits.entries().some(({ wait }) => wait.waitId === nameOrId || wait.name === nameOrId)
  }

  /** The open waits of this run and of its child runs. */
  openWaits(): readonly OpenWait[] {
    return [...this.waits.entries().map(({ wait }) => wait), ...[...this.children.values()].flatMap((child) => child.waits())]
  }

  private startChild(visit: Visit, on: Extract<Suspension, { type: 'child' }>): void {
    const visitName = nameVisit(this.graph, visit)
    const child = this.engine.startChild({
      parentRunId: this.state.runId,
      visit: visitName,
      attempt: visit.attempt,
      on,
      onSettled: (resumption, status) => {
        this.children.delete(visit)
        this.resumeVisit(visit, resumption, { type: 'child.settled', ...visitName, childRunId: child.runId, status })
      },
      onActive: (isActive) => {
        this.state.underWay += isActive ? 1 : -1
        if (!isActive) this.checkRest()
      },
    })
    this.children.set(visit, child)
    this.tell({ type: 'child.started', ...visitName, childRunId: child.runId, blueprintId: on.blueprintId })
    child.begin()
  }

  private abort(visits: readonly Visit[]): void {
    for (const [visit, controller] of this.controllers) {
      const isCutOff = visits.some(({ node, frame, item }) => node === visit.node && frame === visit.frame && item === visit.item)
      if (isCutOff) controller.abort(new HeddleError('RUN_CANCELLED', 'the visit was cut off', { details: nameVisit(this.graph, visit) as object as Record<string, unknown> }))
    }
  }

  private stop(): void {
    const { runId } = this.state
    this.abortReason = new HeddleError('RUN_CANCELLED', `run "${runId}" has ended; its attempts are aborted`, { details: { runId } })
    for (const controller of this.controllers.values()) controller.abort(this.abortReason)
    for (const entry of this.waits.entries()) this.closeWait(entry, 'cancelled')
    for (const child of this.children.values()) child.cancel('its parent run has ended')
    this.children.clear()
  }

  private finish(status: 'completed' | 'failed' | 'cancelled'): void {
    for (const cancel of this.timers) cancel()
    this.removeAbortListener()
    this.tell(this.endFact(status))
    this.resolveSettled()
    this.onRest()
  }

  private endFact(status: 'completed' | 'failed' | 'cancelled'): RunFact {
    if (status === 'cancelled') return { type: 'run.cancelled' }
    const [error] = this.control.failures
    if (status === 'failed' && error !== undefined) return { type: 'run.failed', error: { name: error.name, message: error.message, code: error.code } }
    return { type: 'run.completed', output: this.publisher.wanted ? this.state.toResult(this.engine.serializer).output : undefined }
  }

  /** Tells the driver if nothing is ready or under way any more: the run has settled, or waits for something external. */
  checkRest(): void {
    if (this.isSettled || this.state.underWay > 0 || this.control.ready.length > 0) return
    const waits = this.openWaits()
    if (waits.length > 0) this.tell({ type: 'run.awaiting', waits: waits.map(({ waitId }) => waitId) })
    this.onRest()
  }

  publishLive(fact: RunFact): void {
    this.tell(fact)
  }

  private tell(fact: RunFact): void {
    this.watchFacts()
    if (this.control.facts === undefined) return
    this.control.facts.push(fact)
    this.publishFacts()
  }

  private watchFacts(): void {
    if (this.control.facts === undefined && this.publisher.wanted) this.control.facts = []
  }

  private publishFacts(): void {
    const facts = this.traverser.takeFacts()
    if (facts.length > 0) this.publisher.publish(facts)
  }
}
