import type { GraphTraverser, WorkflowState, IOrchestrator, NodeExecutorFactory, ExecutionServices, WorkflowResult } from '@heddle/core'
import { executeBatch, processResults } from '@heddle/core'

/**
 * The default orchestration strategy. It executes a workflow from its starting
 * nodes until no more nodes can be run (i.e., until completion, failure, or a stall).
 * This orchestrator contains the main execution loop.
 */
export class RunToCompletionOrchestrator implements IOrchestrator {
    public async run(
        traverser: GraphTraverser,
        executorFactory: NodeExecutorFactory,
        state: WorkflowState<any>,
        services: ExecutionServices,
    ): Promise<WorkflowResult<any>> {
        const { signal, concurrency, serializer } = services.options

        // The main execution loop. It continues as long as the traverser
        // reports that there are nodes ready to be executed.
        while (traverser.hasMoreWork()) {
            // Abort if a cancellation signal is received.
            signal?.throwIfAborted()

            // 1. Get the current batch of ready nodes from the frontier.
            const readyNodes = traverser.getReadyNodes()

            // 2. Execute the batch of nodes, respecting the concurrency limit.
            const settledResults = await executeBatch(
                readyNodes,
                traverser.getDynamicBlueprint(),
                state,
                executorFactory,
                services,
                concurrency,
            )

            // 3. Process the results to update state and determine the next frontier.
            await processResults(settledResults, traverser, state, services)
        }

        // Once the loop finishes, determine the final status and return the result.
        const status = state.getStatus(traverser.getAllNodeIds(), traverser.getFallbackNodeIds())
        const result = state.toResult(serializer)
        result.status = status
        return result
    }
}
