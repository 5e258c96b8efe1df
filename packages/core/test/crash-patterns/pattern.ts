import type { NodeDefinition, WorkflowBlueprint } from '../../src/model/blueprint.ts'
import type { RunOptions } from '../../src/runtime/options.ts'
import { graphOf } from '../blueprints.ts'

/** What a run came to, without times, attempts and commit order. */
export interface CrashEnd {
  readonly status: string
  readonly outputs: Readonly<Record<string, unknown>>
  readonly errors: readonly string[]
  readonly context: Readonly<Record<string, unknown>>
  readonly visits: readonly (readonly [string, string])[]
  readonly marks: readonly (readonly [string, string])[]
  /** Visits that were undone, or could not be, in order. */
  readonly undone: readonly string[]
  /** Events that handlers emitted. */
  readonly emitted: readonly string[]
  /** How child runs ended. */
  readonly children: readonly string[]
}

/**
 * A workflow to be crashed at every operation. Waits are answered, apart from those whose name begins with `silent`; those whose name
 * begins with `hook` by the token that was announced last. At one whose name begins with `cancel` the run is cancelled.
 */
export interface CrashPattern {
  readonly name: string
  readonly blueprint: WorkflowBlueprint
  readonly children?: Readonly<Record<string, WorkflowBlueprint>>
  readonly options?: RunOptions
  /**
   * Where a crash may change what the run comes to: everything that it may come to instead, told by what differs from the undisturbed
   * end. Each of these must have been seen.
   */
  readonly alsoAllowed?: readonly Partial<CrashEnd>[]
}

/** A node of the kind `wait`. */
export const wait = (id: string, params: Readonly<Record<string, unknown>> = {}): NodeDefinition => ({
  id,
  uses: 'wait',
  params,
})

/** A node of the kind `sleep`. */
export const sleep = (id: string, durationMs: number): NodeDefinition => ({
  id,
  uses: 'sleep',
  params: { durationMs },
})

/** A node of the kind `subflow`. */
export const sub = (id: string, blueprintId: string): NodeDefinition => ({
  id,
  uses: 'subflow',
  params: { blueprintId },
})

/** A node with a handler. */
export const task = (id: string, uses: string, params: Readonly<Record<string, unknown>> = {}): NodeDefinition => ({
  id,
  uses,
  params,
})

/** A graph in short form whose nodes all `say`, unless `nodes` says otherwise. */
export function flow(edges: readonly string[], options: Parameters<typeof graphOf>[1] = {}): WorkflowBlueprint {
  const blueprint = graphOf(edges, options)
  const nodes = blueprint.nodes.map((node) => (node.uses === node.id ? { ...node, uses: 'say' } : node))
  return { ...blueprint, nodes }
}

/** A list, a map over it, and an end. */
export const map = (
  each: string,
  items: readonly unknown[],
  params: Readonly<Record<string, unknown>> = {},
): WorkflowBlueprint =>
  flow(['list>each', 'each>end'], {
    nodes: [task('list', 'items', { items }), { id: 'each', uses: 'map', params: { each, ...params } }],
  })

/** Three attempts, with a delay between them. */
export const retry = { maxAttempts: 3, backoff: { type: 'fixed' as const, delayMs: 500 } }

/** A split and its join. */
export const diamond: readonly string[] = ['a>b', 'a>c', 'b>d', 'c>d']

/** Patterns out of graphs that need nothing else. */
export function named(graphs: Readonly<Record<string, WorkflowBlueprint>>): readonly CrashPattern[] {
  return Object.entries(graphs).map(([name, blueprint]) => ({ name, blueprint }))
}
