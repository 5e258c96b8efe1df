import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import type { Handler, NodeContext } from '../../ports/node-context.ts'
import type { Resumption, Suspension } from '../../model/outcome.ts'
import type { Visit } from '../../kernel/visit.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import type { IClock } from '../../ports/clock.ts'
import type { IEvaluator } from '../../ports/evaluator.ts'
import type { IEventBus } from '../../ports/event-bus.ts'
import type { ILogger } from '../../ports/logger.ts'
import type { ISerializer } from '../../ports/serializer.ts'
import type { ChildRequest, ChildRun } from './child-run.ts'
import type { LocalPermits } from './local-permits.ts'
import type { Pacer } from './pacer.ts'
import type { VisitInputs } from './visit-inputs.ts'

/**
 * Runs around each attempt. What it returns is what the handler is taken to have returned; what it throws fails the attempt.
 *
 * @param next goes on to the handler, or to the middleware inside this one
 */
export type Middleware = (context: NodeContext, next: () => Promise<unknown>) => unknown

/** What a built-in node finds in its context beside what a handler does. */
export interface BuiltInContext extends NodeContext {
  readonly visit: Visit
  readonly engine: Engine
  readonly graph: CompiledGraph
  /** The node's own `params`; the functions that they name see `settings.params` as theirs. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly inputs: VisitInputs
  /** What ended the wait of this visit, if it goes on after one. */
  readonly resumption: Resumption | undefined
}

/** Stands in the place of attempts, for a run that goes the way of another one. */
export interface AttemptReplay {
  /**
   * @param live makes the attempt
   * @returns what the attempt is taken to have returned
   */
  attempt(context: BuiltInContext, live: () => unknown): unknown
  /** Whether the handler of this attempt was not called. */
  isAnswered(context: BuiltInContext): boolean
}

/** A node kind that the engine brings along. It returns like a handler, or a {@link SuspendRequest}. */
export interface BuiltInNode {
  /** The registry names in this node's params, so that they can be validated. */
  handlerNames(params: Readonly<Record<string, unknown>>): readonly string[]
  attempt(context: BuiltInContext): unknown
}

/** Returned by a built-in node to let its visit wait. */
export class SuspendRequest {
  readonly on: Suspension

  constructor(on: Suspension) {
    this.on = on
  }
}

/** What all runs of one workflow share: its implementations and the ports of its runtime. */
export interface Engine {
  /** The handler of a registry name. @throws HeddleError `UNKNOWN_HANDLER` */
  handler(name: string): Handler
  /** All registry names, for who checks what a handler adds to a run; `undefined` where they are not known. */
  handlerNames?(): ReadonlySet<string>
  builtIn(uses: string): BuiltInNode | undefined
  waitSchema(name: string): StandardSchema | undefined
  /** Makes a child run in this process. @throws HeddleError `UNKNOWN_BLUEPRINT` */
  startChild(request: ChildRequest): ChildRun
  /** The workflow that a subflow node names, for who carries out child runs by themselves; `undefined` if there is none. */
  findChild?(blueprintId: string): { readonly blueprint: WorkflowBlueprint; readonly engine: Engine } | undefined
  readonly evaluator: IEvaluator
  readonly serializer: ISerializer
  readonly logger: ILogger
  readonly clock: IClock
  readonly eventBus: IEventBus
  readonly dependencies: unknown
  readonly middleware: readonly Middleware[]
  /** Limits the attempts of all runs that share it, if attempts of this process are not limited by a store. */
  readonly permits?: LocalPermits
  /** Stands in the place of every attempt, if there is one. */
  readonly replay?: AttemptReplay
  /** How deep child runs may be nested: 1 lets a run have children, which have none. */
  readonly maxSubflowDepth: number
  /** A number from 0 to 1, for the jitter of retries. */
  readonly random: () => number
  /** Calls back after timers and other tasks of this process had their turn. */
  readonly yieldTurn: (callback: () => void) => void
  /** Lets timers and other tasks have their turn while handlers never really wait. */
  readonly pacer: Pacer
  /** How many items a map may have. */
  readonly maxMapItems: number
  /** Checks that an output can be stored. @throws HeddleError `NOT_SERIALISABLE` with the path to the value */
  readonly checkValue: (value: unknown) => void
  /** Plans of nodes by graph, so that each is made once. */
  readonly plans: WeakMap<CompiledGraph, unknown[]>
}
