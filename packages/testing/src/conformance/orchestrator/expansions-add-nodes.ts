import { expand, type NodeContext } from '@heddle/core'
import { chain, flow, plain } from '../flow.ts'
import type { OrchestratorBehaviour } from '../orchestrator-harness.ts'

/** A handler can add nodes and edges, which run before an undecided target of it. */
export const expansionsAddNodes: OrchestratorBehaviour = {
  name: 'a handler can add nodes and edges, which run before an undecided target of it',
  run: async ({ run, expect }) => {
    const blueprint = flow(plain('expander', 'join'), chain('expander', 'join'))
    const added = {
      nodes: [
        { id: 'x', uses: 'join' },
        { id: 'y', uses: 'join' },
      ],
      edges: [
        { source: 'expander', target: 'x' },
        { source: 'x', target: 'y' },
        { source: 'y', target: 'join' },
      ],
    }
    const registry = {
      expander: () => expand(added, 'E'),
      join: ({ nodeId, deps }: NodeContext) => [nodeId, Object.keys(deps)],
    }
    const ended = await run(blueprint, { registry })
    expect(ended.result.status).toBe('completed')
    expect(ended.calls).toEqual(['expander', 'x', 'y', 'join'])
    expect(ended.result.outputs).toMatchObject({
      x: ['x', ['expander']],
      y: ['y', ['x']],
      join: ['join', ['expander', 'y']],
    })
    expect(
      ended.prepared.traverser
        .getDynamicBlueprint()
        .nodes.map(({ id }) => id)
        .sort(),
    ).toEqual(['expander', 'join', 'x', 'y'])
  },
}
