import { bindRun } from '../execution/run/bind-run.ts'
import { restorePending } from '../execution/run/restored-visits.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/**
 * Goes on with a run that was stored, and delegates the rest to another orchestrator. Traverser and state come from
 * `runtime.prepare(blueprint, undefined, { snapshot })`, which refuses another definition; timers, waits and child runs are taken up
 * again. A state of one's own that only knows completed nodes works too: what may run next is then derived from them.
 */
export class ResumptionOrchestrator implements IOrchestrator {
  private readonly subsequent: IOrchestrator

  /** @param subsequent drives the run from where it stands */
  constructor(subsequent: IOrchestrator) {
    this.subsequent = subsequent
  }

  // A state may have any record of shared values.
  // oxlint-disable typescript/no-explicit-any
  run(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    state: WorkflowState<any>,
    services: ExecutionServices,
  ): Promise<WorkflowResult<any>> {
    // oxlint-enable typescript/no-explicit-any
    const completed = state.getCompletedNodes()
    const isFresh = traverser.control.run.phase === 'created'
    if (isFresh && completed.size > 0) traverser.setCompletedNodes(completed, state.actions)
    restorePending(bindRun(traverser, state as WorkflowState, executorFactory, services))
    return this.subsequent.run(traverser, executorFactory, state, services)
  }
}
