import type { ErrorData } from '../model/error-data.ts'
import type { Expression } from '../model/blueprint.ts'
import type { BuilderState, Joining, NodeId } from './builder-state.ts'
import type { DepsOf, NodeInput } from './dependency-types.ts'

/** Options of an explicit edge: a way back to the header of a loop, or one more way along an `after`. */
export interface ExtraEdgeOptions<Action extends string, On extends 'error', Transform extends Expression> {
  /** Taken only for this action of the source. */
  readonly action?: Action
  /** Taken only if this CEL expression over the source's `result` is true. */
  readonly condition?: Expression
  /** Taken when the source failed, with the error as data. */
  readonly on?: On
  /** CEL: what the target receives instead of the source's output. Its type is not checked. */
  readonly transform?: Transform
}

/** What comes along an edge. */
export type CarriedAlong<S extends BuilderState, From extends NodeId<S>, On> = [On] extends [never]
  ? S['nodes'][From]['output']
  : ErrorData

/** What the target makes of it: a key of its `deps` if the source is a predecessor, else its `input`. */
export type ReceivedBy<S extends BuilderState, From extends string, J extends Joining> = From extends J['after']
  ? DepsOf<S, J>[From & keyof DepsOf<S, J>]
  : NodeInput<S, J>

/** The target's id itself, or the reason why no edge may lead from `From` to it. */
export type EdgeTarget<S extends BuilderState, From extends NodeId<S>, To extends string, On, Transform> = [
  To,
] extends [NodeId<S>]
  ? From extends S['nodes'][To]['joining']['after']
    ? Fitting<S, From, To, On, Transform>
    : [S['nodes'][To]['joining']['after']] extends [never]
      ? Fitting<S, From, To, On, Transform>
      : S['nodes'][To]['joining']['header'] extends true
        ? Fitting<S, From, To, On, Transform>
        : `to lead back to "${To}", define it with header: true; else name "${From}" in its after`
  : `there is no node "${To}"`

/** The target's id itself, or the reason why what the edge carries does not fit it; a `transform` may make anything. */
export type Fitting<S extends BuilderState, From extends NodeId<S>, To extends NodeId<S>, On, Transform> = [
  Transform,
] extends [never]
  ? [CarriedAlong<S, From, On>] extends [ReceivedBy<S, From, S['nodes'][To]['joining']>]
    ? To
    : `what "${From}" hands on is not what "${To}" takes`
  : To

/** What an action edge may be taken for. */
export type EdgeAction<S extends BuilderState, From extends NodeId<S>> = [S['nodes'][From]['actions']] extends [never]
  ? `"${From}" has no actions: return route('name', output) from its handler`
  : S['nodes'][From]['actions']

/** `'error'`, or the reason why no error edge may leave `From` any more. */
export type EdgeCause<S extends BuilderState, From extends string> =
  From extends Exclude<S['used'], S['unsure']>
    ? `other nodes rely on "${From}" already: declare its error edge before them`
    : 'error'

/**
 * The ids that become skippable by an edge: the source of an error edge, and a target that nothing led to before. (What an edge
 * leads back to was named in an `after` before.)
 */
export type UnsureBy<S extends BuilderState, From extends string, To extends string, On> =
  | ([On] extends [never] ? never : From)
  | ([S['nodes'][To]['joining']['after']] extends [never] ? Exclude<To, S['used'] | From> : never)
