import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { Engine } from './engine.ts'
import { foreignEngine } from './foreign-engine.ts'
import { InProcessRun, type InProcessOptions } from './in-process-run.ts'
import type { ExecutionServices, NodeExecutorFactory } from './services.ts'

/** What a runtime knows of the services that it made. */
export interface RunBinding {
  readonly engine: Engine
  readonly options: InProcessOptions
}

const bindings = new WeakMap<ExecutionServices, RunBinding>()
const ownFactories = new WeakSet<NodeExecutorFactory>()
const runs = new WeakMap<GraphTraverser, InProcessRun>()

/** Remembers what stands behind services and an executor factory of a runtime. */
export function registerServices(services: ExecutionServices, binding: RunBinding): void {
  bindings.set(services, binding)
  ownFactories.add(services.executorFactory)
}

/**
 * The run in this process that a traverser and a state belong to; the first call joins them. An executor factory of the user's own
 * takes the place of the registry.
 */
export function bindRun(
  traverser: GraphTraverser,
  state: WorkflowState,
  executorFactory: NodeExecutorFactory,
  services: ExecutionServices,
): InProcessRun {
  const known = runs.get(traverser)
  if (known !== undefined && known.state === state) return known
  const binding = bindings.get(services)
  const isForeign = binding === undefined || !ownFactories.has(executorFactory)
  const engine = isForeign ? foreignEngine(executorFactory, traverser.getDynamicBlueprint(), services, binding?.engine) : binding.engine
  const run = new InProcessRun(engine, traverser, state, { signal: services.options.signal, ...binding?.options })
  runs.set(traverser, run)
  return run
}
