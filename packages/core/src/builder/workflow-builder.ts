import type { Expression, JoinStrategy } from '../model/blueprint.ts'
import type { ToleratedFailures } from '../model/outcome.ts'
import type { NodeResult } from '../model/node-result.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { OutputOf, Workflow } from '../ports/workflow.ts'
import type { BuilderState, Joining, NewHandlerId, NewId, NodeId, WithEdge, WithFallback } from './builder-state.ts'
import type { CompensationContext, UndoableId } from './compensation-types.ts'
import type { EdgeSetting, Joined, NodeInput, Unjoined } from './dependency-types.ts'
import type { EdgeAction, EdgeCause, EdgeTarget, ExtraEdgeOptions, UnsureBy } from './edge-types.ts'
import type {
  ActionsIn,
  ChildContext,
  FallbackContext,
  HandlerContext,
  ItemContext,
  ItemIn,
  Items,
  IterationContext,
  OutputIn,
  Params,
} from './handler-types.ts'
import type {
  AnyWorkflow,
  CommonOptions,
  FallbackOptions,
  HandlerOptions,
  LoopOptions,
  MapOptions,
  SleepOptions,
  SubflowOptions,
  WaitOptions,
  WebhookOptions,
} from './node-options.ts'
import type { NextMapState, NextState, NextWaitState } from './next-state.ts'
import type { AllOutputs, BuildOptions, KnownWaits, RunOutput, StartId } from './workflow-types.ts'

/**
 * Builds a workflow step by step. Every step returns a new builder and leaves the old one as it was. An edge is `after`; types flow
 * along it. Mistakes are errors of the compiler; what it cannot see is thrown by {@link WorkflowBuilder.build}.
 *
 * All steps throw `INVALID_OPTION` for an option of the wrong form, for instance a duration that cannot be read.
 */
export interface WorkflowBuilder<S extends BuilderState> {
  /**
   * A node with a handler: what it returns is its output, `route('approve', output)` adds an action.
   *
   * @example
   * ```ts
   * defineWorkflow('greet', { input: ofType<string>() })
   *   .node('load', ({ input }) => `${input}!`)
   *   .node('shout', { after: 'load', timeout: '2s' }, ({ deps }) => deps.load.toUpperCase())
   * ```
   */
  node<const Id extends string, Returned>(
    id: NewHandlerId<S, Id>,
    handler: (context: HandlerContext<S, Unjoined>) => Returned,
  ): WorkflowBuilder<NextState<S, Id, Unjoined, never, never, OutputIn<Returned>, ActionsIn<Returned>>>
  /** The same with options: predecessors, retries, limits. */
  node<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    const Inputs extends Expression | Readonly<Record<string, Expression>> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    P extends Params = Params,
    Returned = unknown,
    J extends Joining = Joined<After, Join, Action, Condition, On, Inputs, Header>,
  >(
    id: NewHandlerId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J, P>> &
      HandlerOptions<Inputs, P>,
    handler: (context: HandlerContext<S, J, P>) => Returned,
  ): WorkflowBuilder<NextState<S, Id, J, When, Cancels, OutputIn<Returned>, ActionsIn<Returned>>>

  /** Runs the handler once for each item of `over`; the output is the list of its outputs in the order of the items. */
  map<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    Over extends Items = Items,
    Tolerated extends ToleratedFailures = never,
    P extends Params = Params,
    Returned = unknown,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewHandlerId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J, P>> &
      MapOptions<HandlerContext<S, J, P>, Over, Tolerated, P>,
    handler: (context: ItemContext<S, J, P, ItemIn<Over>>) => Returned,
  ): WorkflowBuilder<
    NextMapState<S, Id, J, When, Cancels, MapOutput<OutputIn<Returned>, Tolerated>, ItemIn<Over>, OutputIn<Returned>>
  >

  /**
   * Runs a workflow again and again: each iteration takes the output of the one before, the first one the node's input. The output is
   * that of the last iteration.
   */
  loop<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    Body extends AnyWorkflow = AnyWorkflow,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J>> &
      LoopOptions<Body, NodeInput<S, J>, HandlerContext<S, J>, IterationContext<S, J, OutputOf<Body>>>,
  ): WorkflowBuilder<NextState<S, Id, J, When, Cancels, OutputOf<Body>, never, KnownWaits<Body>>>

  /** Waits until the run is resumed under the node's id; the output is the payload. */
  wait<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    Schema extends StandardSchema = StandardSchema,
    const TimeoutAction extends string = never,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewId<S, Id>,
    options?: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J>> &
      WaitOptions<Schema, TimeoutAction>,
  ): WorkflowBuilder<NextWaitState<S, Id, J, When, Cancels, Schema, TimeoutAction>>

  /** Waits until somebody answers by the token that `announce` was given, or under the node's id; the output is the payload. */
  webhook<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    Schema extends StandardSchema = StandardSchema,
    const TimeoutAction extends string = never,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J>> &
      WebhookOptions<HandlerContext<S, J>, Schema, TimeoutAction>,
  ): WorkflowBuilder<NextWaitState<S, Id, J, When, Cancels, Schema, TimeoutAction>>

  /** Waits for a time, without holding a worker. The output is the node's input. */
  sleep<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J>> &
      SleepOptions<HandlerContext<S, J>>,
  ): WorkflowBuilder<NextState<S, Id, J, When, Cancels, NodeInput<S, J>>>

  /** Runs another workflow as a child; its failure is the node's failure, its waits can be resumed through this run. */
  subflow<
    const Id extends string,
    After extends NodeId<S> = never,
    Join extends JoinStrategy = 'all',
    const Action extends EdgeSetting<string, After> = never,
    const Condition extends EdgeSetting<Expression, After> = never,
    const On extends EdgeSetting<'error', After> = never,
    Header extends boolean = false,
    When extends boolean = never,
    Cancels extends string = never,
    Child extends AnyWorkflow = AnyWorkflow,
    Returned = never,
    J extends Joining = Joined<After, Join, Action, Condition, On, never, Header>,
  >(
    id: NewId<S, Id>,
    options: CommonOptions<S, After, Join, Action, Condition, On, Header, Cancels, When, HandlerContext<S, J>> &
      SubflowOptions<Child, NodeInput<S, J>, HandlerContext<S, J>, ChildContext<S, J, OutputOf<Child>>, Returned>,
  ): WorkflowBuilder<
    NextState<
      S,
      Id,
      J,
      When,
      Cancels,
      [Returned] extends [never] ? OutputOf<Child> : Awaited<Returned>,
      never,
      KnownWaits<Child>
    >
  >

  /**
   * A node that runs in place of another one, after that one's last attempt failed. What it returns goes on as the output of the failed
   * node, so it has to be of the same type.
   */
  fallback<const Id extends string, Of extends NodeId<S>, Output extends FallbackOutput<S, Of>>(
    id: NewHandlerId<S, Id>,
    options: FallbackOptions<Of>,
    handler: (context: FallbackContext<S, InputOfNodes<S, Of>>) => Output | Promise<Output>,
  ): WorkflowBuilder<WithFallback<S, Id, OutputIn<Output>>>

  /**
   * How a node is undone: under `onFailure: 'compensate'`, a run that fails undoes what completed, the last one first. The handler is
   * called with the context of the visit that is undone, its `output`, and the failure that ended the run as `error`. If the outcome of
   * the visit is not known (`isOutcomeKnown`), it has to find out what the visit did. What it returns is ignored.
   *
   * @example
   * ```ts
   * defineWorkflow('order', { input: ofType<number>(), onFailure: 'compensate' })
   *   .node('charge', ({ input, idempotencyKey }) => ({ paid: input, receipt: idempotencyKey }))
   *   .compensate('charge', ({ isOutcomeKnown, output, visitIdempotencyKey }) => {
   *     console.log('refund', isOutcomeKnown ? output.receipt : visitIdempotencyKey)
   *   })
   * ```
   */
  compensate<const Id extends UndoableId<S>>(
    id: Id,
    handler: (context: CompensationContext<S, Id>) => unknown,
  ): WorkflowBuilder<S>

  /**
   * An edge beside those of `after`. It leads back to the header of a loop (a node that starts the run, or one with `header: true`),
   * or is one more way along an `after`, or leads to a node without `after`, declared before anything comes after that node.
   *
   * @example
   * ```ts
   * defineWorkflow('agent', { input: ofType<string[]>() })
   *   .node('model', ({ input }) => route(input.length < 3 ? 'call' : 'done', input))
   *   .node('tools', { after: 'model', action: 'call' }, ({ input }) => [...input, 'result'])
   *   .node('answer', { after: 'model', action: 'done' }, ({ input }) => input.join(' '))
   *   .edge('tools', 'model')
   * ```
   */
  edge<
    From extends NodeId<S>,
    const To extends string,
    On extends 'error' = never,
    Transform extends Expression = never,
  >(
    from: From,
    to: EdgeTarget<S, From, To, On, Transform>,
    options?: ExtraEdgeOptions<EdgeAction<S, From>, On & EdgeCause<S, From>, Transform>,
  ): WorkflowBuilder<WithEdge<S, Exclude<From, To>, UnsureBy<S, From, To, On>>>

  /**
   * The workflow: a blueprint and the functions by the names that it uses. The same steps give the same blueprint in every process;
   * building twice gives equal ones.
   *
   * @throws {HeddleError} `INVALID_BLUEPRINT` with all problems that the compiler did not see (`details.problems`): ids that are
   *   invalid, defined twice or unknown, no node at all, names of functions that collide, edges that no handler knows of
   */
  build<const Output extends NodeId<S> = never, const Start extends StartId<S> = never>(
    options?: BuildOptions<Output, Start>,
  ): Workflow<S['accepts'], RunOutput<S, Output>, AllOutputs<S>, S['waits']>
}

/** The output of a map: one value for each item. Where failures are tolerated, a failed item leaves `undefined`. */
export type MapOutput<Item, Tolerated> = ([Tolerated] extends [never] ? Item : Item | undefined)[]

/** The inputs of some nodes. */
export type InputOfNodes<S extends BuilderState, Of extends NodeId<S>> = Of extends unknown
  ? NodeInput<S, S['nodes'][Of]['joining']>
  : never

/** What a fallback may return: what each of the nodes that it stands in for may return. */
export type FallbackOutput<S extends BuilderState, Of extends NodeId<S>> = {
  [K in Of]: (result: S['nodes'][K]['output'] | NodeResult<S['nodes'][K]['output'], S['nodes'][K]['actions']>) => void
}[Of] extends (result: infer Result) => void
  ? Result
  : never
