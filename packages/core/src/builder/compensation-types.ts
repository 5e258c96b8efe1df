import type { ErrorData } from '../model/error-data.ts'
import type { BuilderState, NodeId, NodeShape } from './builder-state.ts'
import type { FallbackContext, HandlerContext } from './handler-types.ts'

/** What is known of a visit that is undone: that it completed, and its output; or only that an attempt of it was made. */
export type Undone<Output> =
  | { readonly isOutcomeKnown: true; readonly output: Output }
  /** The visit was cut off, lost or timed out, or its outcome was refused: find out what it did. */
  | { readonly isOutcomeKnown: false; readonly output: undefined }

/** What is told of a run that is compensated. */
export interface CompensationFields {
  /** The failure that ended the run. */
  readonly error: ErrorData
  /** What `idempotencyKey` was for the attempts of the visit that is undone; `idempotencyKey` is one of its own. */
  readonly visitIdempotencyKey: string
}

/** Ids of nodes that can be undone. */
export type UndoableId<S extends BuilderState> = NodeId<S> | (keyof S['fallbacks'] & string)

/** What the handler is called with that undoes a visit of a node; the items of a map are undone one by one. */
export type CompensationContext<S extends BuilderState, Id extends UndoableId<S>> = CompensationFields &
  (Id extends keyof S['nodes']
    ? NodeCompensation<S, S['nodes'][Id]>
    : FallbackContext<S, unknown> & Undone<S['fallbacks'][Id & keyof S['fallbacks']]>)

type NodeCompensation<S extends BuilderState, Node extends NodeShape> = HandlerContext<S, Node['joining']> &
  (Node extends MapShape<infer Item, infer Output>
    ? { readonly item: Item; readonly index: number } & Undone<Output>
    : Undone<Node['output']>)

/** What is known of a map beside other nodes: its items, and what its handler makes of each. */
export interface MapShape<Item, Output> {
  readonly item: Item
  readonly itemOutput: Output
}
