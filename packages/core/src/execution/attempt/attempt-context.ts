import type { NodeContext, SharedValuesView } from '../../ports/node-context.ts'
import type { Resumption } from '../../model/outcome.ts'
import type { HeddleError } from '../../errors/heddle-error.ts'
import type { RunFact } from '../../model/run-event.ts'
import { visitKey } from '../../model/visit.ts'
import { nameVisit, type Visit } from '../../kernel/visit.ts'
import type { NodeDefinition } from '../../model/blueprint.ts'
import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { DurableCalls, InvokeOptions } from '../../ports/durable-calls.ts'
import type { ILogger } from '../../ports/logger.ts'
import type { Workflow } from '../../ports/workflow.ts'
import type { CallsSuspension, VisitCalls } from '../../traversal/visit-calls.ts'
import type { AbortControllers } from './abort-controllers.ts'
import { AskedCalls } from '../calls/asked-calls.ts'
import { AttemptCalls, noHandler } from '../calls/attempt-calls.ts'
import type { CallHost } from '../calls/call-host.ts'
import type { AttemptLimit } from './attempt-limit.ts'
import { SuspendRequest, type Engine } from '../engine/engine.ts'
import { evaluateInputs } from './evaluate-inputs.ts'
import type { NodePlan } from './node-plan.ts'
import { SharedView } from './shared-view.ts'
import type { VisitInputs } from '../engine/visit-inputs.ts'

/** What the attempts of one run have in common. */
export interface AttemptHost {
  readonly engine: Engine
  readonly inputs: VisitInputs
  readonly graph: CompiledGraph
  /** Controllers of the signals that attempts under way asked for. */
  readonly controllers: AbortControllers
  /** Hands a live fact (progress, a chunk) to listeners. */
  publishLive(fact: RunFact): void
  /** Where durable calls are recorded. */
  readonly calls: CallHost
  /** What is recorded of a visit's durable calls, if anything is. */
  recordedCalls(visit: Visit): VisitCalls | undefined
}

/** Who awaits what an attempt returns, and is told if it is suspended before. */
export interface AttemptSlot {
  suspended(context: AttemptContext, request: SuspendRequest): void
}

const noParams: Readonly<Record<string, unknown>> = Object.freeze({})

/**
 * A handler's context. A class with getters on its prototype, since most handlers read one or two properties: nothing is computed
 * before it is read (an AbortController alone costs more than the rest of a visit).
 */
export class AttemptContext implements NodeContext {
  readonly visit: Visit
  readonly plan: NodePlan
  private readonly host: AttemptHost
  private view: SharedView | undefined
  private childLogger: ILogger | undefined
  private evaluatedInput: unknown
  private hasEvaluatedInput = false
  private calls: AttemptCalls | undefined
  private hasEnded = false
  /** Set by who awaits what the attempt returns; nothing once it is suspended. */
  slot: AttemptSlot | undefined
  /** Whether the node's `when` is asked: it makes no durable calls. */
  isAsking = false
  limit: AttemptLimit | undefined
  private atEnd: (() => void) | undefined

  constructor(host: AttemptHost, visit: Visit, plan: NodePlan) {
    this.host = host
    this.visit = visit
    this.plan = plan
  }

  get input(): unknown {
    return this.hasEvaluatedInput ? this.evaluatedInput : this.host.inputs.input(this.visit)
  }

  get deps(): Record<string, unknown> {
    return this.host.inputs.deps(this.visit)
  }

  get params(): Readonly<Record<string, unknown>> {
    const { settings } = this
    return this.plan.builtIn === undefined
      ? settings
      : ((settings['params'] as typeof settings | undefined) ?? noParams)
  }

  get definition(): NodeDefinition {
    return this.host.graph.nodes[this.visit.node] as NodeDefinition
  }

  /** The node's own `params`; of a built-in kind its settings. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.definition.params ?? noParams
  }

  get context(): SharedValuesView {
    return this.shared
  }

  get shared(): SharedView {
    this.view ??= new SharedView(this.host.inputs, this.nodeId)
    return this.view
  }

  /** The view of the shared values, if the handler asked for it. */
  get usedShared(): SharedView | undefined {
    return this.view
  }

  get signal(): AbortSignal {
    return this.host.controllers.signalOf(this.visit)
  }

  /** Aborts the signal, if the handler asked for it; if it asks later, it gets an aborted one. */
  abort(reason: unknown): void {
    this.host.controllers.abort(this.visit, reason)
  }

  get runId(): string {
    return this.host.inputs.runId
  }

  get nodeId(): string {
    return this.definition.id
  }

  get iteration(): readonly number[] {
    return this.visit.frame.path
  }

  get attempt(): number {
    return this.visit.attempt
  }

  get idempotencyKey(): string {
    return `${this.host.inputs.runId}:${visitKey(nameVisit(this.host.graph, this.visit))}`
  }

  get logger(): ILogger {
    const { runId, nodeId, attempt } = this
    this.childLogger ??= this.host.engine.logger.child({ runId, nodeId, attempt })
    return this.childLogger
  }

  get dependencies(): unknown {
    return this.host.engine.dependencies
  }

  get item(): unknown {
    return this.visit.item === -1 ? undefined : this.host.inputs.item(this.visit)
  }

  get index(): number | undefined {
    return this.visit.item === -1 ? undefined : this.visit.item
  }

  get error(): unknown {
    return this.visit.insteadOf === -1 ? undefined : this.host.inputs.error(this.visit)
  }

  get engine(): Engine {
    return this.host.engine
  }

  get graph(): CompiledGraph {
    return this.host.graph
  }

  get inputs(): VisitInputs {
    return this.host.inputs
  }

  /** What ended the wait of this visit, if it goes on after one. */
  get resumption(): Resumption | undefined {
    return this.visit.resumption
  }

  // Getters that make functions: handlers take them out of their context.
  get progress(): NodeContext['progress'] {
    return (fraction, message) => {
      const name = nameVisit(this.host.graph, this.visit)
      this.host.publishLive({ type: 'node.progress', ...name, fraction, ...(message === undefined ? {} : { message }) })
    }
  }

  get stream(): NodeContext['stream'] {
    return (chunk) => {
      this.host.publishLive({ type: 'node.chunk', ...nameVisit(this.host.graph, this.visit), chunk })
    }
  }

  // Durable calls: getters too, for the same reason.
  get step(): NodeContext['step'] {
    return (name, fn, options) => this.durable('step').step(name, fn, options) as Promise<never>
  }

  get removedStep(): NodeContext['removedStep'] {
    return (name) => this.durable('removedStep').removed(name)
  }

  get sleep(): NodeContext['sleep'] {
    return (name, duration) => this.durable('sleep').sleep(name, duration) as Promise<void>
  }

  get waitFor(): NodeContext['waitFor'] {
    return (name, options) => this.durable('waitFor').waitFor(name, options) as Promise<never>
  }

  get invoke(): NodeContext['invoke'] {
    return (name: string, workflow: Workflow | string, input?: unknown, options?: InvokeOptions) =>
      this.durable('invoke').invoke(name, workflow, input, options) as Promise<never>
  }

  get emit(): NodeContext['emit'] {
    return (event, payload) => this.durable('emit').emit(event, payload) as Promise<void>
  }

  private durable(call: keyof DurableCalls): AttemptCalls {
    if (this.calls !== undefined && !this.isAsking) return this.calls
    const { plan, visit, isAsking } = this
    if (isAsking || (plan.handler === undefined && visit.item === -1)) throw noHandler(this.nodeId, call)
    this.calls = new AttemptCalls(this, this.host.calls)
    if (this.hasEnded) this.calls.close()
    return this.calls
  }

  /** The durable calls of the handler, if it made any. */
  get usedCalls(): AttemptCalls | undefined {
    return this.calls
  }

  /** What the attempt returns, or that it is suspended before it returns: a handler that waits for a durable call never does. */
  untilSettled(returned: PromiseLike<unknown>): Promise<unknown> {
    this.visit.since = this.engine.clock.now()
    return new Promise((resolve, reject) => {
      this.slot = { suspended: (_context, request) => resolve(request) }
      // oxlint-disable-next-line promise/prefer-catch -- each handler that is awaited pays for a further promise
      returned.then(resolve, reject)
    })
  }

  /** Ends the attempt here: what stands around it is dropped with its frame. */
  suspend(on: CallsSuspension): void {
    const { limit } = this
    limit?.cancel()
    const active =
      limit === undefined ? {} : { activeMs: limit.beforeMs + Math.max(0, this.engine.clock.now() - limit.since) }
    const { slot } = this
    this.slot = undefined
    slot?.suspended(this, new SuspendRequest({ ...on, ...active }))
  }

  /** What is given back when the attempt is over or suspended. */
  holds(giveBack: () => void): void {
    if (this.hasEnded) giveBack()
    else this.atEnd = giveBack
  }

  /** The attempt is over; what its handler still does counts no more. */
  end(): void {
    this.hasEnded = true
    this.calls?.close()
    this.atEnd?.()
    this.atEnd = undefined
  }

  /** How long this attempt was active before it was suspended, in milliseconds. */
  get activeMsBefore(): number {
    return this.visit.resumption?.type === 'calls-settled' ? (this.host.recordedCalls(this.visit)?.activeMs ?? 0) : 0
  }

  /** Why the attempt must not end with what it returned: that does not fit what is recorded of its durable calls. */
  mismatchOf(returned: unknown): HeddleError | undefined {
    const { calls } = this
    if (calls !== undefined) return returned instanceof SuspendRequest ? calls.mismatch : calls.forgotten()
    const recorded = this.host.recordedCalls(this.visit)
    return recorded === undefined ? undefined : new AskedCalls(recorded, nameVisit(this.graph, this.visit)).forgotten()
  }

  /** Evaluates the node's `inputs`, before its handler is called. @throws HeddleError `EXPRESSION_FAILED` */
  evaluateInputs(): void {
    const { inputs, keepsInput } = this.plan
    if (inputs !== undefined) {
      const scope = { input: this.runInput, context: this.shared.toRecord(), deps: this.deps, result: this.input }
      this.evaluatedInput = evaluateInputs(this.nodeId, inputs, scope)
    } else if (keepsInput) {
      // That of an early join grows when more edges are taken.
      this.evaluatedInput = this.input
    } else return
    this.hasEvaluatedInput = true
  }

  get runInput(): unknown {
    return this.host.inputs.runInput
  }
}
