import { bindRun } from '../execution/run/bind-run.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { Pump } from '../execution/run/pump.ts'
import { noDriver } from '../execution/run/run-driver.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/**
 * Carries out one batch of ready nodes, then returns; the result is `stalled` until the last step. If nothing is ready but something
 * is under way (a sleep, a child run), a step first waits for it.
 */
export class StepByStepOrchestrator implements IOrchestrator {
  // A state may have any record of shared values.
  // oxlint-disable typescript/no-explicit-any
  async run(
    traverser: GraphTraverser,
    executorFactory: NodeExecutorFactory,
    state: WorkflowState<any>,
    services: ExecutionServices,
  ): Promise<WorkflowResult<any>> {
    // oxlint-enable typescript/no-explicit-any
    const { concurrency = Infinity } = services.options
    const run = bindRun(traverser, state as WorkflowState, executorFactory, services)
    run.begin()
    await untilReady(run)
    traverser.returnReadyNodes()
    const batch = run.control.ready.length
    if (batch > 0) await attemptBatch(run, concurrency, batch)
    return run.result()
  }
}

/** Resolves when the first `batch` ready visits were attempted, or when the run has ended meanwhile. */
async function attemptBatch(run: InProcessRun, concurrency: number, batch: number): Promise<void> {
  const pump = new Pump(run, concurrency, batch)
  await new Promise<void>((resolve) => {
    run.driver = { ...noDriver, restDue: resolve }
    pump.fill()
  })
}

/** Resolves when a visit is ready, or when the run is at rest. */
async function untilReady(run: InProcessRun): Promise<void> {
  if (run.traverser.hasMoreWork() || run.isSettled || run.state.underWay === 0) return
  await new Promise<void>((resolve) => {
    run.driver = { workDue: resolve, restDue: resolve }
  })
}
