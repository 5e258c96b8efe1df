import { FlowRuntime, GraphTraverser, WorkflowState, StepByStepOrchestrator } from '@heddle/core'
// The next three lines are ours: `expect`, and the types of what the document leaves out.
import { expect } from 'vitest'
import type { NodeContext, WorkflowBlueprint } from '@heddle/core'

// --- Inside a test runner ---
// Ours, in place of `{ ... }`: a registry of three handlers. The first one writes the shared value that the test looks at.
const runtime = new FlowRuntime({
    registry: {
        start: ({ context }: NodeContext) => context.set('startNodeOutput', 'ready'),
        middle: () => 'middle',
        end: () => 'end',
    },
})
// Ours, in place of `...`: three nodes in a row.
const blueprint: WorkflowBlueprint = {
    id: 'step-through',
    nodes: [
        { id: 'startNode', uses: 'start' },
        { id: 'middleNode', uses: 'middle' },
        { id: 'endNode', uses: 'end' },
    ],
    edges: [
        { source: 'startNode', target: 'middleNode' },
        { source: 'middleNode', target: 'endNode' },
    ],
}
// Ours: the document does not say where these two come from.
const { executorFactory, services } = runtime.prepare(blueprint)

const state = new WorkflowState({})
const traverser = new GraphTraverser(blueprint)
const orchestrator = new StepByStepOrchestrator()

// Step 1: Execute start nodes
let result = await orchestrator.run(traverser, executorFactory, state, services)
console.log('After Step 1 Context:', result.context)
expect(result.status).toBe('stalled')
expect(result.context.startNodeOutput).toBeDefined()

// Step 2: Execute the next set of nodes
result = await orchestrator.run(traverser, executorFactory, state, services)
console.log('After Step 2 Context:', result.context)

// ... continue stepping until completion
// Ours: the loop that the comment above asks for, and a check that the last `if` is reached.
expect(result.status).toBe('stalled')
while (traverser.hasMoreWork()) result = await orchestrator.run(traverser, executorFactory, state, services)
expect(traverser.hasMoreWork()).toBe(false)
if (!traverser.hasMoreWork()) {
    expect(result.status).toBe('completed')
}
