import type { ErrorData } from '../model/error-data.ts'
import type { NodeContext } from '../ports/node-context.ts'
import type { NodeResult } from '../model/node-result.ts'
import type { BuilderState, Joining } from './builder-state.ts'
import type { DepsOf, NodeInput } from './dependency-types.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { ContextValues } from './reducers.ts'

/** `params` of a node: plain JSON by name. */
export type Params = Readonly<Record<string, unknown>>

/** {@link NodeContext} with typed `params`. */
export interface TypedContext<Input, Deps extends object, Context extends object, Dependencies, P> extends NodeContext<
  Input,
  Deps,
  Context,
  Dependencies
> {
  readonly params: Params & P
}

/** What the functions of a node are called with. */
export type HandlerContext<S extends BuilderState, J extends Joining, P = Params> = TypedContext<
  NodeInput<S, J>,
  DepsOf<S, J>,
  ContextValues<S['context']>,
  S['dependencies'],
  P
>

/** What the handler of a map's items is called with. */
export type ItemContext<S extends BuilderState, J extends Joining, P, Item> = HandlerContext<S, J, P> & {
  readonly item: Item
  readonly index: number
}

/** What `until` and `while` of a loop are called with, after an iteration. */
export interface IterationContext<S extends BuilderState, J extends Joining, Output> extends NodeContext<
  NodeInput<S, J> | Output,
  Partial<DepsOf<S, J>>,
  ContextValues<S['context']>,
  S['dependencies']
> {
  /** The output of the body in this iteration. The counter of the loop is the last one of `iteration`, from 0. */
  readonly output: Output
}

/** What the output mapping of a subflow is called with. */
export type ChildContext<S extends BuilderState, J extends Joining, Output> = HandlerContext<S, J> & {
  readonly output: Output
}

/** What a fallback is called with: the input of the failed node, and its error as plain data. */
export interface FallbackContext<S extends BuilderState, Input> extends NodeContext<
  Input,
  Record<string, unknown>,
  ContextValues<S['context']>,
  S['dependencies']
> {
  readonly error: ErrorData
}

/** The output in what a handler returns. */
export type OutputIn<Returned> = Awaited<Returned> extends infer R ? (R extends NodeResult<infer O> ? O : R) : never

/** The actions in what a handler returns. */
export type ActionsIn<Returned> =
  Awaited<Returned> extends infer R ? (R extends NodeResult<unknown, infer Action> ? Action : never) : never

/** The type of the items of what `over` returns. */
export type ItemIn<Source> =
  Awaited<Source> extends Iterable<infer Item> ? Item : Awaited<Source> extends AsyncIterable<infer Next> ? Next : never

/** What `over` of a map may return; a string is not taken for a list of characters. */
export type Items = ItemSource | Promise<ItemSource>

/** What items can be taken from: anything iterable but a string, or an async iterable. */
export type ItemSource = (Iterable<unknown> & object) | AsyncIterable<unknown>

/** The type of the values that a schema accepts, which may differ from what it makes of them. */
export type AcceptedBy<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input']
