import type { BuilderState, Empty, NodeId } from './builder-state.ts'
import type { WaitsOf } from '../ports/workflow.ts'
import type { Entry, RecordOf } from './record-type.ts'

/** The waits of a child; none if its type does not name them. */
export type KnownWaits<W> = string extends keyof WaitsOf<W> ? Empty : WaitsOf<W> & object

/** The output of a node or fallback as a run may end with: `undefined` if it may be skipped. */
export type EndedAs<S extends BuilderState, K extends PropertyKey> =
  K extends NodeId<S>
    ? true extends S['nodes'][K]['skippable'] | (K extends S['unsure'] ? true : false)
      ? S['nodes'][K]['output'] | undefined
      : S['nodes'][K]['output']
    : S['fallbacks'][K & keyof S['fallbacks']] | undefined

/** One {@link Entry} for each of the ids, with the output that a run may end with. */
export type EndEntries<S extends BuilderState, K extends PropertyKey> = K extends unknown
  ? Entry<K, EndedAs<S, K>>
  : never

/** Outputs of all nodes and fallbacks by id. */
export type AllOutputs<S extends BuilderState> = RecordOf<EndEntries<S, keyof S['fallbacks'] | NodeId<S>>>

/** Ids of the nodes that no edge leaves. */
export type TerminalId<S extends BuilderState> = Exclude<NodeId<S>, S['sources']>

/** Whether a type is not a union; `never` for `never`. */
export type IsOne<T, All = T> = T extends unknown ? ([All] extends [T] ? true : false) : never

/** The output of a run: of the node that was named, of the only terminal one, or the record of the terminal ones. */
export type RunOutput<S extends BuilderState, Named extends NodeId<S>> = [Named] extends [never]
  ? [IsOne<TerminalId<S>>] extends [true]
    ? EndedAs<S, TerminalId<S>>
    : RecordOf<EndEntries<S, TerminalId<S>>>
  : EndedAs<S, Named>

/** Ids of the nodes that may be named in `start`: those without predecessors. */
export type StartId<S extends BuilderState> = {
  [K in NodeId<S>]: [S['nodes'][K]['joining']['after']] extends [never] ? K : never
}[NodeId<S>]

/** Options of `build()`. */
export interface BuildOptions<Output extends string, Start extends string> {
  /** The node whose output is the output of the run. Without it the only terminal node, else a record by terminal node id. */
  readonly output?: Output
  /** The nodes that a run starts with. Without it those that have no predecessors, edges that lead back to them apart. */
  readonly start?: readonly Start[]
}
