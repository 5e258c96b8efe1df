import type { JoinStrategy } from '../model/blueprint.ts'
import type { ErrorData } from '../model/error-data.ts'
import type { BuilderState, Joining, NodeId } from './builder-state.ts'
import type { Entry, RecordOf } from './record-type.ts'

/** {@link Joining} from the type parameters of a builder step. */
export interface Joined<
  After extends string,
  Join extends JoinStrategy,
  Action,
  Condition,
  On,
  Inputs,
  Header extends boolean,
> {
  readonly after: After
  readonly join: Join
  readonly action: Action
  readonly condition: Condition
  readonly on: On
  readonly inputs: Inputs
  readonly header: Header
}

/** A node without predecessors. */
export type Unjoined = Joined<never, 'all', never, never, never, never, false>

/** A setting of the edges from all predecessors, or of those that are named. */
export type EdgeSetting<T, After extends string> = T | Readonly<Partial<Record<After, T>>>

/** Whether a setting covers the edge from `K`. */
export type Covers<Setting, K> = [Setting] extends [never]
  ? false
  : Setting extends string
    ? true
    : K extends keyof Setting
      ? true
      : false

/** Whether a type is a union of two or more; `never` for `never`. */
export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never

/** Whether there are at least two predecessors. */
export type Several<After> = true extends IsUnion<After> ? true : false

/** Whether the edge from `K` may be left out although nothing failed for good. */
export type IsUnsure<S extends BuilderState, J extends Joining, K extends string> = true extends
  | S['nodes'][K]['skippable']
  | (K extends S['unsure'] ? true : false)
  | Covers<J['action'], K>
  | Covers<J['condition'], K>
  | Covers<J['on'], K>
  ? true
  : false

/** The predecessors whose edge may be left out although nothing failed for good. */
export type UnsureIds<S extends BuilderState, J extends Joining, K extends string = J['after']> = K extends unknown
  ? IsUnsure<S, J, K> extends true
    ? K
    : never
  : never

/** What comes along the edge from `K`. */
export type Carried<S extends BuilderState, J extends Joining, K extends string> =
  Covers<J['on'], K> extends true ? ErrorData : S['nodes'][K]['output']

/** The predecessors of which the handler may run without. */
export type AbsentIds<S extends BuilderState, J extends Joining> = [J['join']] extends ['every']
  ? never
  : Several<J['after']> extends true
    ? [J['join']] extends ['all']
      ? UnsureIds<S, J>
      : J['after']
    : [J['join']] extends ['settled']
      ? J['after']
      : never

/** Outputs of the predecessors, as the first (or only) iteration sees them. */
export type EntryDeps<
  S extends BuilderState,
  J extends Joining,
  Absent = AbsentIds<S, J>,
  K extends string = J['after'],
> = K extends unknown ? Entry<K, K extends Absent ? Carried<S, J, K> | undefined : Carried<S, J, K>> : never

/** Outputs of the predecessors, as any iteration of a loop sees them: each may be `undefined`. */
export type HeaderDeps<S extends BuilderState, J extends Joining, K extends string = J['after']> = K extends unknown
  ? Entry<K, Carried<S, J, K> | undefined>
  : never

/**
 * What a handler sees as `deps`: one key for each predecessor. `undefined` is among the types of what the node may run without:
 *
 * - with several predecessors and `join: 'all'`, those whose edge may be left out: they may be skipped (see {@link MaySkip}), or the
 *   edge has an `action`, a `condition` or `on: 'error'`;
 * - with several predecessors and `any` or `atLeast`, and always with `settled`, each of them;
 * - at the header of a loop, each of them: later iterations come along the back edge.
 */
export type DepsOf<S extends BuilderState, J extends Joining> = J['header'] extends true
  ? RecordOf<HeaderDeps<S, J>>
  : RecordOf<EntryDeps<S, J>>

/**
 * What a handler sees as `input`: the run's input without predecessors, the output of the only one, the record of several. With
 * `inputs` the values are those of expressions, whose types nobody knows.
 */
export type NodeInput<S extends BuilderState, J extends Joining> = [J['inputs']] extends [never]
  ? [J['after']] extends [never]
    ? S['input']
    : Several<J['after']> extends true
      ? RecordOf<EntryDeps<S, J>>
      : EntryDeps<S, J>['type']
  : J['inputs'] extends string
    ? unknown
    : Unknowns<J['inputs']>

/** The same fields with values of unknown types. */
export type Unknowns<Fields> = { readonly [K in keyof Fields]: unknown }

/**
 * Whether a node may be skipped: it has a `when` (`When` is not `never`), or its join may not fire: with `all` and `any` if no edge
 * is sure to be taken, with `every` and `atLeast` if one is not. `settled` always fires.
 */
export type MaySkip<S extends BuilderState, J extends Joining, When> = [When] extends [never]
  ? [J['after']] extends [never]
    ? false
    : [J['join']] extends ['settled']
      ? false
      : [J['join']] extends ['all' | 'any']
        ? [J['after']] extends [UnsureIds<S, J>]
          ? true
          : false
        : [UnsureIds<S, J>] extends [never]
          ? false
          : true
  : true

/** Names of the actions that every one of the given nodes can route by. */
export type CommonActions<S extends BuilderState, K extends NodeId<S>> = {
  [P in K]: (action: S['nodes'][P]['actions']) => void
}[K] extends (action: infer Action) => void
  ? Action
  : never

/** The actions that may be given for all predecessors at once, or for each of those that are named. */
export type KnownActions<S extends BuilderState, After extends NodeId<S>> =
  CommonActions<S, After> | { readonly [K in After]?: S['nodes'][K]['actions'] }

/** The actions that `action` names, or the reason why they cannot be. */
export type CheckedAction<S extends BuilderState, After extends NodeId<S>, Action> = [Action] extends [never]
  ? Action
  : [S['nodes'][After]['actions']] extends [never]
    ? `"${After}" has no actions: return route('name', output) from its handler`
    : [Action] extends [KnownActions<S, After>]
      ? Action
      : KnownActions<S, After>

/** What `on` says, or the reason why it cannot: the other edges of a node that is caught may be left out, which nobody knew so far. */
export type CheckedOn<S extends BuilderState, After extends string, On> = [On] extends [never]
  ? On
  : [Relied<S, Caught<After, On>>] extends [never]
    ? On
    : `other nodes rely on "${Relied<S, Caught<After, On>>}" already: define what comes after its error before them`

/** Those of the ids that were named in an `after` as something that is sure to be there. */
export type Relied<S extends BuilderState, K extends string> = K extends S['used']
  ? K extends S['unsure']
    ? never
    : K
  : never

/** The predecessors whose failure an `on` catches. */
export type Caught<After extends string, On> = After extends unknown
  ? Covers<On, After> extends true
    ? After
    : never
  : never
