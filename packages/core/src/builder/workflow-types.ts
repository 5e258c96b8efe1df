import type { Workflow } from '../ports/workflow.ts'
import type { BuilderState, Empty, NodeId } from './builder-state.ts'

/** The payloads of a workflow's waits by name, those of its subflows among them: what `resume(name, payload)` takes. */
export type WaitsOf<W> = W extends { readonly '~types'?: { readonly waits: infer Waits } } ? Waits : never

/** The outputs of a workflow's nodes by id; those of nodes that may be skipped include `undefined`. */
export type OutputsOf<W> = W extends { readonly '~types'?: { readonly outputs: infer Outputs } } ? Outputs : never

/** The waits of a child; none if its type does not name them. */
export type KnownWaits<W> = string extends keyof WaitsOf<W> ? Empty : WaitsOf<W> & object

/** The output of a node as a run may end with. */
type Ended<S extends BuilderState, K extends NodeId<S>> = true extends
  S['nodes'][K]['skippable'] | (K extends S['unsure'] ? true : false)
  ? S['nodes'][K]['output'] | undefined
  : S['nodes'][K]['output']

type AllOutputs<S extends BuilderState> = { readonly [K in NodeId<S>]: Ended<S, K> } & {
  readonly [K in keyof S['fallbacks']]: S['fallbacks'][K] | undefined
}

/** Ids of the nodes that no edge leaves. */
type TerminalId<S extends BuilderState> = Exclude<NodeId<S>, S['sources']>

type IsOne<T, All = T> = T extends unknown ? ([All] extends [T] ? true : false) : never

/** The output of a run: of the node that was named, of the only terminal one, or the record of the terminal ones. */
type RunOutput<S extends BuilderState, Named extends NodeId<S>> = [Named] extends [never]
  ? [IsOne<TerminalId<S>>] extends [true]
    ? Ended<S, TerminalId<S>>
    : { readonly [K in TerminalId<S>]: Ended<S, K> }
  : Ended<S, Named>

/** What `build()` makes. */
export type BuiltWorkflow<S extends BuilderState, Named extends NodeId<S>> = Workflow<
  S['accepts'],
  RunOutput<S, Named>,
  AllOutputs<S>,
  S['waits']
>

/** Ids of the nodes that may be named in `start`: those without predecessors. */
export type StartId<S extends BuilderState> = {
  [K in NodeId<S>]: [S['nodes'][K]['after']] extends [never] ? K : never
}[NodeId<S>]

/** Options of `build()`. */
export interface BuildOptions<Output extends string, Start extends string> {
  /** The node whose output is the output of the run. Without it the only terminal node, else a record by terminal node id. */
  readonly output?: Output
  /** The nodes that a run starts with. Without it those that have no predecessors, edges that lead back to them apart. */
  readonly start?: readonly Start[]
}

/** What a child takes, or the reason why it cannot be given that. */
export type Accepting<Child, Given> = Child extends { readonly '~types'?: { readonly input: infer Input } }
  ? [Given] extends [Input]
    ? unknown
    : { readonly problem: 'the input does not fit this workflow: map it with the option input' }
  : never

/** The same for the body of a loop, whose output is the input of its next iteration. */
export type Repeating<Body, Given> = Body extends {
  readonly '~types'?: { readonly input: infer Input; readonly output: infer Output }
}
  ? [Output] extends [Input]
    ? Accepting<Body, Given>
    : { readonly problem: 'the output of this workflow does not fit its own input: the next iteration takes it' }
  : never
