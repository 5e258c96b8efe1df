import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Visit } from '../kernel/visit.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ReadyNode } from '../traversal/graph-traverser.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { attemptAgain, attemptOnce } from './attempt-once.ts'
import { bindRun } from './bind-run.ts'
import type { InProcessRun } from './in-process-run.ts'
import type { ExecutionServices, NodeExecutorFactory } from './services.ts'

/** A ready node and the outcome of its last attempt. */
export interface SettledNode {
  readonly node: ReadyNode
  readonly outcome: Outcome
}

/**
 * Attempts ready nodes, at most `concurrency` at a time, all retries and their delays included. What became of them takes effect
 * when it is handed to `processResults`.
 *
 * @param _blueprint the traverser's; what is executed follows from the ready nodes
 */
export async function executeBatch(
  readyNodes: readonly ReadyNode[],
  _blueprint: WorkflowBlueprint,
  // A state may have any record of shared values.
  // oxlint-disable-next-line typescript/no-explicit-any
  state: WorkflowState<any>,
  executorFactory: NodeExecutorFactory,
  services: ExecutionServices,
  concurrency?: number,
): Promise<SettledNode[]> {
  const settled: (SettledNode | undefined)[] = []
  const queue = readyNodes.entries()
  const work = async (): Promise<void> => {
    for (const [at, node] of queue) {
      const run = bindRun(node.traverser, state as WorkflowState, executorFactory, services)
      const visit = node.traverser.current(node)
      if (visit !== undefined) settled[at] = { node: { ...node, visit }, outcome: await attemptToTheEnd(run, visit) }
    }
  }
  const slots = Math.min(concurrency ?? Infinity, readyNodes.length)
  await Promise.all(Array.from({ length: slots }, work))
  return settled.filter((entry) => entry !== undefined)
}

async function attemptToTheEnd(run: InProcessRun, visit: Visit): Promise<Outcome> {
  run.start(visit)
  const outcome = await attemptOnce(run, visit)
  return outcome.status === 'failed' ? attemptAgain(run, visit, outcome) : outcome
}
