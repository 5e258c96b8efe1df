import type { SchemaOutput, StandardSchema } from '../model/standard-schema.ts'
import type { BuilderState, Empty, Joining, Shape, WithNode } from './builder-state.ts'
import type { MapShape } from './compensation-types.ts'
import type { Caught, MaySkip } from './dependency-types.ts'
import type { AcceptedBy } from './handler-types.ts'

/** What a builder knows after one more node. */
export type NextState<
  S extends BuilderState,
  Id extends string,
  J extends Joining,
  When,
  Cancels extends string,
  Output,
  Actions extends string = never,
  Waits extends object = Empty,
> = WithNode<S, Id, Shape<J, Output, Actions, MaySkip<S, J, When>>, Caught<J['after'], J['on']> | Cancels, Waits>

/** The same after a map. */
export type NextMapState<
  S extends BuilderState,
  Id extends string,
  J extends Joining,
  When,
  Cancels extends string,
  Output,
  Item,
  ItemOutput,
> = WithNode<
  S,
  Id,
  Shape<J, Output, never, MaySkip<S, J, When>> & MapShape<Item, ItemOutput>,
  Caught<J['after'], J['on']> | Cancels
>

/** The same after a node that waits for an answer. */
export type NextWaitState<
  S extends BuilderState,
  Id extends string,
  J extends Joining,
  When,
  Cancels extends string,
  Schema extends StandardSchema,
  TimeoutAction extends string,
> = NextState<
  S,
  Id,
  J,
  When,
  Cancels,
  SchemaOutput<Schema> | ([TimeoutAction] extends [never] ? never : undefined),
  TimeoutAction,
  Readonly<Record<Id, AcceptedBy<Schema>>>
>
