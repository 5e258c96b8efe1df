import type { JoinStrategy } from '../model/blueprint.ts'
import type { ContextKeys } from './reducers.ts'

/** How a node hangs on its predecessors: the options of its definition that decide about its types. */
export interface Joining {
  /** Its predecessors; `never` for a node that starts a run. */
  readonly after: string
  readonly join: JoinStrategy
  readonly action: unknown
  readonly condition: unknown
  readonly on: unknown
  readonly inputs: unknown
  /** Whether back edges may lead to it although it has predecessors. */
  readonly header: boolean
}

/** What the builder knows of a node at compile time. */
export interface NodeShape {
  readonly joining: Joining
  readonly output: unknown
  /** The actions that it can route by; `never` if none. */
  readonly actions: string
  /** Whether a run may go past it. */
  readonly skippable: boolean
}

/** Nodes by id. */
export type NodeShapes = Readonly<Record<string, NodeShape>>

/** No keys. */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/ban-types
export type Empty = {}

/** What the builder knows of a workflow at compile time. Every step makes a new state from the one before. */
export interface BuilderState {
  /** What the run is started with, and what that is after the schema. */
  readonly accepts: unknown
  readonly input: unknown
  readonly context: ContextKeys
  readonly dependencies: unknown
  /** Ids of the nodes so far, and what is known of them. */
  readonly ids: string
  readonly nodes: NodeShapes
  /** Outputs of fallback nodes by id. */
  readonly fallbacks: object
  /** Payloads by wait name. */
  readonly waits: object
  /** Ids that were named in an `after`. */
  readonly used: string
  /** Ids that have an outgoing edge. */
  readonly sources: string
  /** Ids whose edges may be left out for a reason given after their definition: an error edge, a route to them, a `cancels`. */
  readonly unsure: string
}

/**
 * A {@link BuilderState} from its parts. They are type arguments, not members computed from the state before, because those are resolved
 * step by step: a chain of hundreds of steps is never unrolled at once.
 */
export interface State<
  Accepts,
  Input,
  Context extends ContextKeys,
  Dependencies,
  Ids extends string = never,
  Nodes extends NodeShapes = Empty,
  Fallbacks extends object = Empty,
  Waits extends object = Empty,
  Used extends string = never,
  Sources extends string = never,
  Unsure extends string = never,
> {
  readonly accepts: Accepts
  readonly input: Input
  readonly context: Context
  readonly dependencies: Dependencies
  readonly ids: Ids
  readonly nodes: Nodes
  readonly fallbacks: Fallbacks
  readonly waits: Waits
  readonly used: Used
  readonly sources: Sources
  readonly unsure: Unsure
}

/** {@link NodeShape} from its parts. */
export interface Shape<J extends Joining, Output, Actions extends string, Skippable extends boolean> {
  readonly joining: J
  readonly output: Output
  readonly actions: Actions
  readonly skippable: Skippable
}

/**
 * The compiler puts off the arguments of a type that an alias stands for, or that name an alias themselves, until they are asked for; a
 * chain of a hundred steps is then unrolled at once and given up as too deep. So the arguments of `State` below name no alias.
 */
export type Eager<T> = T

/** Adds a node, ids that become skippable by it, and waits. */
export type WithNode<
  S extends BuilderState,
  Id extends string,
  Node extends NodeShape,
  Unsure extends string,
  Waits extends object = Empty,
> = Eager<
  State<
    S['accepts'],
    S['input'],
    S['context'],
    S['dependencies'],
    S['ids'] | Id,
    // oxlint-disable-next-line typescript/consistent-indexed-object-style -- see Eager
    S['nodes'] & { readonly [K in Id]: Node },
    S['fallbacks'],
    S['waits'] & Waits,
    S['used'] | Node['joining']['after'],
    S['sources'] | Node['joining']['after'],
    S['unsure'] | Unsure
  >
>

/** Adds a fallback node. */
export type WithFallback<S extends BuilderState, Id extends string, Output> = Eager<
  State<
    S['accepts'],
    S['input'],
    S['context'],
    S['dependencies'],
    S['ids'],
    S['nodes'],
    // oxlint-disable-next-line typescript/consistent-indexed-object-style -- see Eager
    S['fallbacks'] & { readonly [K in Id]: Output },
    S['waits'],
    S['used'],
    S['sources'],
    S['unsure']
  >
>

/** Adds an edge that leaves `From`, and ids that become skippable by it. */
export type WithEdge<S extends BuilderState, From extends string, Unsure extends string> = Eager<
  State<
    S['accepts'],
    S['input'],
    S['context'],
    S['dependencies'],
    S['ids'],
    S['nodes'],
    S['fallbacks'],
    S['waits'],
    S['used'],
    S['sources'] | From,
    S['unsure'] | Unsure
  >
>

/** Ids of the nodes so far. */
export type NodeId<S extends BuilderState> = S['ids']

/** Kinds that the engine brings along: a node with a handler under its own name cannot be called so. */
export type BuiltInKind = 'map' | 'subflow' | 'wait' | 'sleep' | 'webhook'

/** The id itself, or the reason why it cannot be given to a node. */
export type NewId<S extends BuilderState, Id extends string> = Id extends S['ids'] | keyof S['fallbacks']
  ? `node "${Id}" is defined twice`
  : Id

/** The same for a node with a handler under its own name. */
export type NewHandlerId<S extends BuilderState, Id extends string> = Id extends BuiltInKind
  ? `"${Id}" is the name of a built-in kind of node; choose another id`
  : NewId<S, Id>
