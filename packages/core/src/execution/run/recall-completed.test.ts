import { describe, expect, it } from 'vitest'
import { route } from '../../model/node-result.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { RunToCompletionOrchestrator } from '../../orchestrators/run-to-completion.ts'
import { FlowRuntime } from '../../runtime/flow-runtime.ts'
import { GraphTraverser } from '../../traversal/graph-traverser.ts'
import { WorkflowState } from '../../traversal/workflow-state.ts'
import { executeBatch } from './execute-batch.ts'
import { processResults } from './process-results.ts'

const blueprint: WorkflowBlueprint = {
  id: 'branches',
  nodes: ['choose', 'left', 'right', 'join'].map((id) => ({ id, uses: id })),
  edges: [
    { source: 'choose', target: 'left', condition: 'result > 1', transform: 'result * 10' },
    { source: 'choose', target: 'right', action: 'right' },
    { source: 'left', target: 'join' },
    { source: 'right', target: 'join' },
  ],
}

const setUp = (answer: unknown): { runtime: FlowRuntime; calls: string[] } => {
  const calls: string[] = []
  const note =
    (id: string, output: (input: unknown) => unknown) =>
    ({ input }: { readonly input: unknown }): unknown => {
      calls.push(id)
      return output(input)
    }
  const same = (input: unknown): unknown => input
  const registry = {
    choose: note('choose', () => answer),
    left: note('left', same),
    right: note('right', same),
    join: note('join', same),
  }
  return { runtime: new FlowRuntime({ registry }), calls }
}

describe('a traverser that is told which nodes completed', () => {
  it('takes conditions and transforms from the outputs that the state holds', async () => {
    const { runtime, calls } = setUp(undefined)
    const { executorFactory, services } = runtime.prepare(blueprint)
    const traverser = new GraphTraverser(blueprint)
    const state = new WorkflowState()
    await state.addCompletedNode('choose', 4)
    traverser.setCompletedNodes(state.getCompletedNodes())
    const result = await new RunToCompletionOrchestrator().run(traverser, executorFactory, state, services)
    expect(calls).toEqual(['left', 'join'])
    expect({ status: result.status, output: result.output }).toEqual({ status: 'completed', output: { left: 40 } })
  })

  it('takes the actions that batches recorded, before it is asked what is ready', async () => {
    const { runtime, calls } = setUp(route('right', 1))
    const { traverser, executorFactory, state, services } = runtime.prepare(blueprint)
    const batch = await executeBatch(traverser.getReadyNodes(), blueprint, state, executorFactory, services)
    await processResults(batch, traverser, state, services)

    const later = new GraphTraverser(blueprint)
    later.setCompletedNodes(state.getCompletedNodes())
    while (later.hasMoreWork()) {
      const settled = await executeBatch(later.getReadyNodes(), blueprint, state, executorFactory, services)
      await processResults(settled, later, state, services)
    }
    expect(calls).toEqual(['choose', 'right', 'join'])
  })

  it('loses nothing where it knows them as completed anyway', async () => {
    const { runtime, calls } = setUp(route('right', 1))
    const { traverser, executorFactory, state, services } = runtime.prepare(blueprint)
    while (traverser.hasMoreWork()) {
      traverser.setCompletedNodes(state.getCompletedNodes())
      const settled = await executeBatch(traverser.getReadyNodes(), blueprint, state, executorFactory, services)
      await processResults(settled, traverser, state, services)
    }
    expect(calls).toEqual(['choose', 'right', 'join'])
  })
})
