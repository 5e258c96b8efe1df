import type { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { foreignEngine } from '../engine/foreign-engine.ts'
import { InProcessRun } from './in-process-run.ts'
import { recallCompleted } from './recall-completed.ts'
import { RunServices } from './run-services.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../engine/services.ts'

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
  const known = traverser.driver
  if (known instanceof InProcessRun && known.state === state) return known
  const own = services instanceof RunServices ? services : undefined
  const isOwn = own?.executorFactory === executorFactory
  const engine = isOwn
    ? own.engine
    : foreignEngine(executorFactory, traverser.getDynamicBlueprint(), services, own?.engine)
  const { taken } = traverser
  if (taken !== undefined) traverser.restart()
  const run = new InProcessRun(engine, traverser, state, own?.runOptions ?? { signal: services.options.signal })
  traverser.driver = run
  if (taken !== undefined) recallCompleted(run, taken)
  return run
}
