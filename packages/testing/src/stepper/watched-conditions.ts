import {
  blueprintOf,
  isWorkflow,
  type Handler,
  type NodeDefinition,
  type Registry,
  type Runnable,
  type Workflow,
  type WorkflowBlueprint,
} from '@heddle/core'

/** What a run finds its functions in. */
export interface FunctionSources {
  readonly runnable: Runnable
  readonly registry: Registry | undefined
  readonly blueprints: Readonly<Record<string, WorkflowBlueprint | Workflow>> | undefined
}

/** The same, with nothing left out. */
export interface WatchedSources {
  readonly runnable: Runnable
  readonly registry: Registry
  readonly blueprints: Readonly<Record<string, WorkflowBlueprint | Workflow>>
}

/** Stands around one function. */
export type Watch = (name: string, handler: Handler) => Handler

/**
 * The same sources, the functions that decide whether a node runs (`when`) being watched. All other functions of a run are called
 * inside an attempt, where a middleware sees them; these are asked before.
 */
export function withWatchedConditions(
  { runnable, registry = {}, blueprints = {} }: FunctionSources,
  watch: Watch,
): WatchedSources {
  const names = new Set<string>()
  collectNames(runnable, names)
  for (const blueprint of Object.values(blueprints)) collectNames(blueprint, names)
  const watched = Object.entries(blueprints).map(
    ([id, blueprint]) => [id, watchRunnable(blueprint, names, watch)] as const,
  )
  return {
    runnable: watchRunnable(runnable, names, watch),
    registry: watchRegistry(registry, names, watch),
    blueprints: Object.fromEntries(watched),
  }
}

function collectNames(runnable: Runnable, names: Set<string>): void {
  // What is no blueprint is refused when the run is prepared.
  const { nodes } = (blueprintOf(runnable) ?? {}) as { readonly nodes?: unknown }
  for (const node of Array.isArray(nodes) ? nodes : []) {
    const when: unknown = (node as Partial<NodeDefinition> | null)?.params?.['$when']
    if (typeof when === 'string') names.add(when)
  }
  if (isWorkflow(runnable)) for (const child of Object.values(runnable.subflows ?? {})) collectNames(child, names)
}

function watchRunnable<R extends Runnable>(runnable: R, names: ReadonlySet<string>, watch: Watch): R {
  if (!isWorkflow(runnable)) return runnable
  const { registry, subflows = {} } = runnable
  const children = Object.entries(subflows).map(([id, child]) => [id, watchRunnable(child, names, watch)] as const)
  return { ...runnable, registry: watchRegistry(registry, names, watch), subflows: Object.fromEntries(children) }
}

function watchRegistry(registry: Registry, names: ReadonlySet<string>, watch: Watch): Registry {
  const entries = Object.entries(registry)
  return Object.fromEntries(entries.map(([name, handler]) => [name, names.has(name) ? watch(name, handler) : handler]))
}
