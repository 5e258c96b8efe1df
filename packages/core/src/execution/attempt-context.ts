import type { NodeContext, SharedValuesView } from '../ports/node-context.ts'
import type { Resumption } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import { visitKey } from '../model/visit.ts'
import { nameVisit, type Visit } from '../kernel/visit.ts'
import type { NodeDefinition } from '../model/blueprint.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ILogger } from '../ports/logger.ts'
import type { AbortControllers } from './abort-controllers.ts'
import type { Engine } from './engine.ts'
import type { NodePlan } from './node-plan.ts'
import { SharedView } from './shared-view.ts'
import type { VisitInputs } from './visit-inputs.ts'

/** What the attempts of one run have in common. */
export interface AttemptHost {
  readonly engine: Engine
  readonly inputs: VisitInputs
  readonly graph: CompiledGraph
  /** Controllers of the signals that attempts under way asked for. */
  readonly controllers: AbortControllers
  /** Hands a live fact (progress, a chunk) to listeners. */
  publishLive(fact: RunFact): void
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
    this.view ??= new SharedView(this.host.inputs)
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

  /** Evaluates the node's `inputs`, before its handler is called. @throws HeddleError `EXPRESSION_FAILED` */
  evaluateInputs(): void {
    const { inputs } = this.plan
    if (inputs === undefined) return
    const scope = { input: this.runInput, context: this.shared.toRecord(), deps: this.deps, result: this.input }
    if (inputs instanceof Map) {
      const record = Object.create(null) as Record<string, unknown>
      for (const [field, expression] of inputs as ReadonlyMap<string, { evaluate(scope: object): unknown }>) {
        record[field] = expression.evaluate(scope)
      }
      this.evaluatedInput = record
    } else {
      this.evaluatedInput = (inputs as { evaluate(scope: object): unknown }).evaluate(scope)
    }
    this.hasEvaluatedInput = true
  }

  get runInput(): unknown {
    return this.host.inputs.runInput
  }
}
