import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'

/**
 * Decides what drives a run forward. All four arguments come from one `runtime.prepare(blueprint, input)`, or are made by hand.
 *
 * The same blueprint gives the same result with every orchestrator: they differ in when and where visits are attempted, never in
 * what the run means.
 */
export interface IOrchestrator {
  /**
   * @returns where the run stands when this orchestrator has done its part: at the end of the run, at rest, or after one step
   */
  run(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    // A state may have any record of shared values.
    // oxlint-disable-next-line typescript/no-explicit-any
    state: WorkflowState<any>,
    services: ExecutionServices,
    // oxlint-disable-next-line typescript/no-explicit-any
  ): Promise<WorkflowResult<any>>
}
