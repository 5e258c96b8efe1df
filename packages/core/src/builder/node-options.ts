import type { Expression, JoinStrategy } from '../model/blueprint.ts'
import type { ToleratedFailures } from '../model/outcome.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { InputOf, OutputOf, Workflow } from '../ports/workflow.ts'
import type { BuilderState, NodeId } from './builder-state.ts'
import type { CompensationFields, Undone } from './compensation-types.ts'
import type { CheckedAction, CheckedOn, EdgeSetting } from './dependency-types.ts'
import type { Duration } from '../model/duration.ts'
import type { Retry } from '../model/retry-options.ts'
import type { Params } from './handler-types.ts'

/** Settings that are the same for every kind of node. */
export interface EngineOptions<Cancels extends string> {
  readonly retry?: Retry
  /** Limit of one attempt: of what handlers and other functions of the node take. What a sleep or a subflow waits for does not count. */
  readonly timeout?: Duration
  /** Ids of nodes whose live visits are cancelled when this node completes. They count as skippable from here on. */
  readonly cancels?: Cancels | readonly Cancels[]
  /**
   * On the header of a loop: how many iterations one activation of the loop may have.
   * @default 1000
   */
  readonly maxIterations?: number
  /** Not carried out yet: see `NodeConfig`. */
  readonly concurrencyKey?: string
  /** Not carried out yet: see `NodeConfig`. */
  readonly queue?: string
  /** Smaller runs first. */
  readonly priority?: number
}

/** The edges that lead to a node, and how it joins them. */
export interface EdgeOptions<
  S extends BuilderState,
  After extends NodeId<S>,
  Join extends JoinStrategy,
  Action,
  Condition extends EdgeSetting<Expression, After>,
  On,
  Header extends boolean,
> {
  /** The predecessors: one edge from each. Without it the node starts a run. */
  readonly after?: After | readonly After[]
  /** @default 'all' */
  readonly join?: Join
  /** The edges are taken only for this action; a record sets it for some predecessors only. */
  readonly action?: CheckedAction<S, After, Action>
  /** The edges are taken only if this CEL expression over the predecessor's `result` is true; a record for some only. */
  readonly condition?: Condition
  /** `'error'`: the edges are taken when the predecessor failed, and carry the error as data; a record for some only. */
  readonly on?: CheckedOn<S, After, On>
  /** Whether this node begins a loop, so that an `.edge()` may lead back to it. Its `deps` are optional then. */
  readonly header?: Header
}

/** Functions that any node may have. */
export interface NodeFunctions<Context, When extends boolean> {
  /** Runs in the worker after the join fired; false means skipped. In the registry `<node>.when`. */
  readonly when?: (context: Context) => When | Promise<When>
  /**
   * Undoes a completed node under `onFailure: 'compensate'`. In the registry `<node>.compensate`. The step `.compensate()` says the same
   * and knows the type of the output, which is not known yet where these options stand.
   */
  readonly compensate?: (context: Context & CompensationFields & Undone<unknown>) => unknown
}

/** The options that every kind of node has. */
export type CommonOptions<
  S extends BuilderState,
  After extends NodeId<S>,
  Join extends JoinStrategy,
  Action,
  Condition extends EdgeSetting<Expression, After>,
  On,
  Header extends boolean,
  Cancels extends string,
  When extends boolean,
  Context,
> = EdgeOptions<S, After, Join, Action, Condition, On, Header> & EngineOptions<Cancels> & NodeFunctions<Context, When>

/** Options of a node with a handler. */
export interface HandlerOptions<Inputs extends Expression | Readonly<Record<string, Expression>>, P extends Params> {
  /** CEL: one expression, or a record of them, over `input`, `context` and `deps`; the handler's `input` instead of the usual one. */
  readonly inputs?: Inputs
  /** Plain JSON for the handler. Keys that begin with `$` are the engine's. */
  readonly params?: P
}

/** Options of a map. `over` is called once, in the registry `<node>.over`. */
export interface MapOptions<Context, Over, Tolerated extends ToleratedFailures, P extends Params> {
  /** Gives the items, at once or by a promise. */
  readonly over: (context: Context) => Over
  /**
   * How many items may be under way at once.
   * @default all of them
   */
  readonly concurrency?: number
  /** How many items may fail; their outputs are `undefined` then. */
  readonly tolerated?: Tolerated
  /** Plain JSON for the handler. Keys that begin with `$` are the engine's. */
  readonly params?: P
}

/** Options of a wait for a named resume; its name is the node's id. */
export interface WaitOptions<Schema extends StandardSchema, TimeoutAction extends string> {
  /** Checks the payload. */
  readonly schema?: Schema
  readonly timeout?: Duration
  /** The action when time is up. Without it the node fails with `WAIT_TIMEOUT`. */
  readonly timeoutAction?: TimeoutAction
}

/** Options of a webhook: a wait that is answered by its token, or by its name as any other. */
export interface WebhookOptions<
  Context,
  Schema extends StandardSchema,
  TimeoutAction extends string,
> extends WaitOptions<Schema, TimeoutAction> {
  /**
   * Hands the token to whoever shall answer, in a link for instance. It is called before the wait is open, and once more with another token if
   * the attempt is made again; the token before is void then. In the registry `<node>.announce`.
   */
  readonly announce: (context: Context & { readonly token: string }) => unknown
}

/** Options of a sleep: how long, or until when (a Date or epoch milliseconds, in the registry `<node>.until`). */
export type SleepOptions<Context> =
  | { readonly for: Duration; readonly until?: never }
  | {
      readonly for?: never
      /** Called when the node is reached; answers when the sleep ends. */
      readonly until: (context: Context) => SleepEnd | Promise<SleepEnd>
    }

/** When a sleep ends: a Date or epoch milliseconds. */
export type SleepEnd = Date | number

/** Options of a subflow. The mappings are in the registry as `<node>.input` and `<node>.output`. */
export type SubflowOptions<Child, Input, Context, OutputContext, Returned> = {
  /** Makes the node's output. Without it the child's output is. */
  readonly output?: (context: OutputContext) => Returned
} & (
  | {
      readonly workflow: Child
      /** Makes the child's input. Without it the node's input is handed on. */
      readonly input: (context: Context) => InputOf<Child> | Promise<InputOf<Child>>
    }
  | { readonly workflow: Accepting<Child, Input>; readonly input?: never }
)

/** Options of a loop: the body is run at least once, then as long as `until` is false or `while` is true. */
export type LoopOptions<Body, Input, Context, IterationContext> = (
  | {
      /** Asked after each iteration; true ends the loop. */
      readonly until: (context: IterationContext) => boolean | Promise<boolean>
      readonly while?: never
    }
  | {
      readonly until?: never
      /** Asked after each iteration; false ends the loop. */
      readonly while: (context: IterationContext) => boolean | Promise<boolean>
    }
) &
  (
    | {
        readonly body: Repeating<Body, Body>
        /** Makes the input of the first iteration. Without it the node's input is handed on. */
        readonly input: (context: Context) => InputOf<Body> | Promise<InputOf<Body>>
      }
    | { readonly body: Repeating<Body, Accepting<Body, Input>>; readonly input?: never }
  )

/** The child itself, or the reason why it cannot be given that. */
export type Accepting<Child, Given> = [Given] extends [InputOf<Child>]
  ? Child
  : 'the input does not fit this workflow: map it with the option input'

/** `Then`, or the reason why a workflow cannot take its own output in the next iteration. */
export type Repeating<Body, Then> = [OutputOf<Body>] extends [InputOf<Body>]
  ? Then
  : 'the output of this workflow is the input of its next iteration and does not fit'

/** Options of a fallback. */
export type FallbackOptions<Of extends string> = {
  /** The node, or the nodes, in whose place it runs after their last attempt failed. */
  readonly of: Of | readonly Of[]
} & Omit<EngineOptions<never>, 'cancels' | 'maxIterations'>

/** A workflow of any types. */
export type AnyWorkflow = Workflow
