import type { GraphTraverser, WorkflowState, IOrchestrator, NodeExecutorFactory, ExecutionServices, WorkflowResult } from '@heddle/core'
import { executeBatch, processResults } from '@heddle/core'

/**
 * An orchestrator that executes only one "tick" or "turn" of the workflow.
 * It processes a single batch of ready nodes from the frontier and then returns,
 * allowing the caller to inspect the intermediate state before proceeding.
 */
export class StepByStepOrchestrator implements IOrchestrator {
    public async run(
        traverser: GraphTraverser,
        executorFactory: NodeExecutorFactory,
        state: WorkflowState<any>,
        services: ExecutionServices,
    ): Promise<WorkflowResult<any>> {
        const { signal, concurrency, serializer } = services.options
        signal?.throwIfAborted()

        // Check if there is work to do. If the frontier is empty,
        // it means the workflow has stalled or completed in a previous step.
        if (!traverser.hasMoreWork()) {
            const status = state.getStatus(traverser.getAllNodeIds(), traverser.getFallbackNodeIds())
            const result = state.toResult(serializer)
            result.status = status
            return result
        }

        // 1. Get the current batch of ready nodes. Unlike the run-to-completion
        //    orchestrator, this method does not loop.
        const readyNodes = traverser.getReadyNodes()

        // 2. Execute only this single batch.
        const settledResults = await executeBatch(
            readyNodes,
            traverser.getDynamicBlueprint(),
            state,
            executorFactory,
            services,
            concurrency,
        )

        // 3. Process the results to prepare the traverser for the *next* step.
        await processResults(settledResults, traverser, state, services)

        // 4. Return the result. The status will likely be 'stalled' until the
        //    final step, which is the expected behavior for this orchestrator.
        const status = state.getStatus(traverser.getAllNodeIds(), traverser.getFallbackNodeIds())
        const result = state.toResult(serializer)
        result.status = status
        return result
    }
}
