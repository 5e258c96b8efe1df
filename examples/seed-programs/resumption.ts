import type { ExecutionServices, GraphTraverser, IOrchestrator, NodeExecutorFactory, WorkflowBlueprint, WorkflowResult } from '@heddle/core'
import { RunToCompletionOrchestrator, WorkflowState } from '@heddle/core'

/**
 * An orchestrator designed to resume a previously stalled workflow. It first
 * reconciles the saved state to determine the correct starting frontier and then
 * delegates the rest of the execution to another orchestrator (e.g., RunToCompletion).
 */
export class ResumptionOrchestrator implements IOrchestrator {
    private readonly subsequentOrchestrator: IOrchestrator

    constructor(subsequentOrchestrator?: IOrchestrator) {
        // By default, it will continue with the standard run-to-completion logic.
        this.subsequentOrchestrator = subsequentOrchestrator || new RunToCompletionOrchestrator()
    }

    public async run(
        traverser: GraphTraverser,
        executorFactory: NodeExecutorFactory,
        state: WorkflowState<any>,
        services: ExecutionServices,
    ): Promise<WorkflowResult<any>> {
        const blueprint = traverser.getDynamicBlueprint()

        // 1. RECONCILIATION PHASE
        console.log('Resuming workflow. Reconciling state...')
        const completedNodes = state.getCompletedNodes()
        const newFrontier = this.calculateResumedFrontier(blueprint, completedNodes)

        // 2. Update the traverser with the newly calculated frontier.
        // (This assumes a method on GraphTraverser to reset its state)
        traverser.setFrontier(newFrontier)
        traverser.setCompletedNodes(completedNodes) // Also sync completed nodes

        console.log('Reconciliation complete. New frontier:', newFrontier)

        // 3. DELEGATION PHASE
        // Now that the traverser is in the correct state, delegate to the
        // standard orchestrator to run the rest of the workflow.
        return this.subsequentOrchestrator.run(
            traverser,
            executorFactory,
            state,
            services,
        )
    }

    /**
     * Determines the set of nodes that are ready to run based on which nodes
     * have already been completed.
     */
    private calculateResumedFrontier(blueprint: WorkflowBlueprint, completedNodes: Set<string>): Set<string> {
        const newFrontier = new Set<string>()
        const allNodeIds = new Set(blueprint.nodes.map(n => n.id))

        for (const nodeId of allNodeIds) {
            // Skip nodes that are already done.
            if (completedNodes.has(nodeId)) {
                continue
            }

            const nodeDef = blueprint.nodes.find(n => n.id === nodeId)
            const predecessors = new Set(blueprint.edges.filter(e => e.target === nodeId).map(e => e.source))

            // A start node that hasn't run is part of the frontier.
            if (predecessors.size === 0) {
                newFrontier.add(nodeId)
                continue
            }

            const joinStrategy = nodeDef?.config?.joinStrategy || 'all'
            const completedPredecessors = [...predecessors].filter(p => completedNodes.has(p))

            const isReady =
                (joinStrategy === 'any' && completedPredecessors.length > 0) ||
                (joinStrategy === 'all' && completedPredecessors.length === predecessors.size)

            if (isReady) {
                newFrontier.add(nodeId)
            }
        }
        return newFrontier
    }
}
