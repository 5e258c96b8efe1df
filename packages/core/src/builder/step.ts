import type { EdgeDefinition, NodeDefinition } from '../model/blueprint.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { Handler } from '../ports/node-context.ts'
import type { AnyWorkflow } from './node-options.ts'

/** What one call of the builder adds to the workflow. A builder is a chain of steps; only `build()` looks at all of them. */
export interface Step {
  /** The node that the step defines; an `.edge()` defines none. */
  readonly node?: NodeDefinition
  /** Its predecessors, as named in `after`. */
  readonly after: readonly string[]
  readonly edges: readonly EdgeDefinition[]
  /** Functions with the names that the blueprint calls them by. */
  readonly functions: readonly (readonly [name: string, fn: Handler])[]
  /** Whether the node is a loop: edges that leave it are taken for its action `done`. */
  readonly isLoop?: boolean
  /** The nodes in whose place it runs; only for a fallback node. */
  readonly fallbackOf?: readonly string[]
  /** The node that its function undoes; only for a `.compensate()`. */
  readonly compensates?: string
  readonly waitSchema?: StandardSchema
  readonly subflow?: AnyWorkflow
}

/** The steps of a builder, the last one first; `undefined` before the first one. */
export interface StepChain {
  readonly step: Step
  readonly before: StepChain | undefined
}
