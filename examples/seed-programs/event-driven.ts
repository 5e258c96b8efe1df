import type { ICoordinationStore, NodeExecutor, WorkflowBlueprint } from '@heddle/core'

/**
 * Simulates the logic for an event-driven orchestrator, such as one used by
 * a distributed adapter (e.g., BullMQ, SQS). This is not a traditional
 * orchestrator with a loop but a handler for individual, event-triggered jobs.
 */
export class EventDrivenOrchestrator {
    constructor(
        private services: any, // Simplified ExecutionServices
        private coordinationStore: ICoordinationStore, // For distributed locking
    ) {}

    /**
     * This method would be called by a queue worker every time it receives a new job.
     * @param nodeId The ID of the node to execute.
     * @param blueprint The full workflow blueprint.
     * @param state A handle to the distributed workflow state (e.g., an async context).
     * @param runId The unique ID for this workflow execution.
     * @returns A list of successor node IDs that should be enqueued.
     */
    public async handleJob(
        nodeId: string,
        blueprint: WorkflowBlueprint,
        state: any, // Represents the WorkflowState/AsyncContext
        runId: string,
    ): Promise<{ nodesToEnqueue: string[] }> {
        const nodeDef = blueprint.nodes.find((n) => n.id === nodeId)
        if (!nodeDef) throw new Error(`Node ${nodeId} not found`)

        // 1. Get the executor for this specific node.
        const executor: NodeExecutor<any, any> = this.services.executorFactory(blueprint)(nodeId)
        const input = await this.services.resolveNodeInput(nodeId, blueprint, state.getContext())

        // 2. Execute the single node.
        const executionResult = await executor.execute(input)

        if (executionResult.status !== 'success') {
            // In a real system, you would publish a failure event or write to a dead-letter queue.
            console.error(`Node ${nodeId} failed for run ${runId}`, executionResult.error)
            return { nodesToEnqueue: [] }
        }

        const result = executionResult.result
        await state.addCompletedNode(nodeId, result.output)

        // 3. Determine the direct successors based on the result.
        const nextNodes = await this.services.determineNextNodes(blueprint, nodeId, result, state.getContext())

        const nodesToEnqueue: string[] = []
        for (const { node: nextNodeDef, edge } of nextNodes) {
            // 4. Apply data transformation for the edge.
            await this.services.applyEdgeTransform(edge, result, nextNodeDef, state.getContext())

            // 5. CRITICAL: Check if the successor is ready to run (handles fan-in joins).
            // This check MUST be atomic in a distributed environment.
            const isReady = await this.isReadyForFanIn(runId, blueprint, nextNodeDef.id)
            if (isReady) {
                nodesToEnqueue.push(nextNodeDef.id)
            }
        }

        console.log(`[RunID: ${runId}] Node ${nodeId} finished. Enqueuing:`, nodesToEnqueue)
        return { nodesToEnqueue }
    }

    /**
     * Encapsulates the fan-in join logic using a distributed coordination store (e.g., Redis).
     */
    private async isReadyForFanIn(runId: string, blueprint: WorkflowBlueprint, targetNodeId: string): Promise<boolean> {
        const targetNode = blueprint.nodes.find((n) => n.id === targetNodeId)
        const joinStrategy = targetNode?.config?.joinStrategy || 'all'
        const predecessors = blueprint.edges.filter((e) => e.target === targetNodeId)

        if (predecessors.length <= 1) {
            return true // No fan-in, always ready.
        }

        if (joinStrategy === 'any') {
            // Attempt to acquire a lock. The first predecessor to arrive wins.
            const lockKey = `flowcraft:joinlock:${runId}:${targetNodeId}`
            return this.coordinationStore.setIfNotExist(lockKey, 'locked', 3600)
        } else { // 'all' strategy
            // Atomically increment a counter. If the count matches the number
            // of predecessors, the node is ready.
            const fanInKey = `flowcraft:fanin:${runId}:${targetNodeId}`
            const readyCount = await this.coordinationStore.increment(fanInKey, 3600)
            return readyCount >= predecessors.length
        }
    }
}
