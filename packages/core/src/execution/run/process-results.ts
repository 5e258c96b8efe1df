import { nodeId } from '../../kernel/visit.ts'
import type { CompletedOutcome } from '../../model/outcome.ts'
import type { GraphTraverser } from '../../traversal/graph-traverser.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { bindRun } from './bind-run.ts'
import type { SettledNode } from './execute-batch.ts'
import type { ExecutionServices } from '../engine/services.ts'

/**
 * Hands the outcomes of a batch to the kernel: outputs, actions and shared values are recorded in the state, edges are marked, joins
 * resolved, and the traverser knows what is ready next.
 */
export async function processResults(
  settled: readonly SettledNode[],
  traverser: GraphTraverser,
  // A state may have any record of shared values.
  // oxlint-disable-next-line typescript/no-explicit-any
  state: WorkflowState<any>,
  services: ExecutionServices,
): Promise<void> {
  const run = bindRun(traverser, state as WorkflowState, services.executorFactory, services)
  for (const { node, outcome } of settled) {
    if (outcome.status === 'completed') noteRoute(state as WorkflowState, nodeId(run.graph, node.visit.routes), outcome)
    run.settle(node.visit, outcome)
  }
  if (settled.length > 0) run.checkRest()
}

/** Keeps what a run that is resumed with a new traverser has to know of a node beside its output. */
function noteRoute(state: WorkflowState, id: string, { action, conditions }: CompletedOutcome): void {
  if (action === undefined && conditions === undefined) return
  state.routes ??= new Map()
  state.routes.set(id, { action, conditions })
  if (action === undefined) return
  state.actions ??= new Map()
  state.actions.set(id, action)
}
