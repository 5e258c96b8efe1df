import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Registry } from './registry.ts'
import type { StandardSchema } from '../model/standard-schema.ts'

/**
 * A blueprint with its handlers and schemas, as the typed builder makes it. The type parameters exist only at compile time: `Input`
 * and `Output` of the run, `Events` the outputs by node id, `Waits` the payloads by wait name.
 */
export interface Workflow<
  Input = unknown,
  Output = unknown,
  Outputs extends object = object,
  Waits extends object = object,
> {
  readonly blueprint: WorkflowBlueprint
  /** Handlers by the names that the blueprint uses. */
  readonly registry: Registry
  /** Checks the run's input before it starts. */
  readonly inputSchema?: StandardSchema | undefined
  /** Schemas of wait payloads by wait name. */
  readonly waitSchemas?: Readonly<Record<string, StandardSchema>>
  /** Workflows that subflow nodes run, by blueprint id. */
  readonly subflows?: Readonly<Record<string, Workflow>>
  /** Never present at run time: carries the types. */
  readonly '~types'?: {
    readonly input: Input
    readonly output: Output
    readonly outputs: Outputs
    readonly waits: Waits
  }
}

/** The input type of a workflow. */
export type InputOf<W> = W extends { readonly '~types'?: { readonly input: infer Input } } ? Input : never

/** The output type of a workflow's run. */
export type OutputOf<W> = W extends { readonly '~types'?: { readonly output: infer Output } } ? Output : never

/** The payloads of a workflow's waits by name, those of its subflows among them: what `resume(name, payload)` takes. */
export type WaitsOf<W> = W extends { readonly '~types'?: { readonly waits: infer Waits } } ? Waits : never

/** The outputs of a workflow's nodes by id; those of nodes that may be skipped include `undefined`. */
export type OutputsOf<W> = W extends { readonly '~types'?: { readonly outputs: infer Outputs } } ? Outputs : never
