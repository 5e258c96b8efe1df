import { bindRun } from '../execution/bind-run.ts'
import { Pump } from '../execution/pump.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/services.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/**
 * Carries out effects in this process until there are none: each node starts as soon as its own join fires, retries and sleeps are
 * waited out. It answers when the run has settled, or when it only waits for something external (`awaiting`).
 */
export class RunToCompletionOrchestrator implements IOrchestrator {
  // A state may have any record of shared values.
  // oxlint-disable typescript/no-explicit-any
  run(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    state: WorkflowState<any>,
    services: ExecutionServices,
  ): Promise<WorkflowResult<any>> {
    // oxlint-enable typescript/no-explicit-any
    const { concurrency = Infinity } = services.options
    const run = bindRun(traverser, state as WorkflowState, executorFactory, services)
    return new Promise((resolve) => {
      const pump = new Pump(run, concurrency)
      run.onWork = () => pump.fill()
      run.onRest = () => {
        // A run that is resumed comes to rest again, when nobody waits for this answer any more.
        run.onRest = () => undefined
        resolve(run.result())
      }
      run.begin()
      if (run.isSettled) run.onRest()
      else pump.fill()
    })
  }
}
