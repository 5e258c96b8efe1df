import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '@heddle/core'

/** A blueprint in few words: nodes by id, each using the handler of its own name if it says nothing else. */
export function graph(
  nodes: Readonly<Record<string, Partial<NodeDefinition>>>,
  edges: readonly (readonly [source: string, target: string, guards?: Partial<EdgeDefinition>])[] = [],
  rest: Partial<WorkflowBlueprint> = {},
): WorkflowBlueprint {
  return {
    id: 'test',
    nodes: Object.entries(nodes).map(([id, node]) => ({ id, uses: id, ...node })),
    edges: edges.map(([source, target, guards]) => ({ source, target, ...guards })),
    ...rest,
  }
}
