import { bindRun } from '../execution/run/bind-run.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { Pump } from '../execution/run/pump.ts'
import type { RunDriver } from '../execution/run/run-driver.ts'
import type { ExecutionServices, NodeExecutorFactory } from '../execution/engine/services.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { GraphTraverser } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import type { IOrchestrator } from './contract.ts'

/** Drives a run, and answers with its result when it comes to rest for the first time. */
class ToRest implements RunDriver {
  private readonly run: InProcessRun
  private readonly pump: Pump
  private readonly answer: (result: WorkflowResult | Promise<WorkflowResult>) => void
  private hasAnswered = false

  constructor(run: InProcessRun, concurrency: number, answer: ToRest['answer']) {
    this.run = run
    this.pump = new Pump(run, concurrency)
    this.answer = answer
  }

  workDue(): void {
    this.pump.fill()
  }

  restDue(): void {
    // A run that is resumed comes to rest again, when nobody waits for this answer any more.
    if (this.hasAnswered) return
    this.hasAnswered = true
    this.answer(this.run.result())
  }
}

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
      const driver = new ToRest(run, concurrency, resolve)
      run.driver = driver
      run.begin()
      if (run.isSettled) driver.restDue()
      else driver.workDue()
    })
  }
}
