import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '@heddle/core'

/** An edge: source, target, and under which guards it is taken. */
export type EdgeText = readonly [source: string, target: string, guards?: Omit<EdgeDefinition, 'source' | 'target'>]

/**
 * A blueprint in few words.
 *
 * @param nodes definitions by id; a node that names no implementation uses the one of its own id
 */
export function flow(
  nodes: Readonly<Record<string, Partial<NodeDefinition>>>,
  edges: readonly EdgeText[] = [],
  rest: Partial<WorkflowBlueprint> = {},
): WorkflowBlueprint {
  return {
    id: 'conformance',
    nodes: Object.entries(nodes).map(([id, node]) => ({ id, uses: id, ...node })),
    edges: edges.map(([source, target, guards]) => ({ source, target, ...guards })),
    ...rest,
  }
}

/** The ids as nodes without any settings. */
export function plain(...ids: readonly string[]): Record<string, Partial<NodeDefinition>> {
  return Object.fromEntries(ids.map((id) => [id, {}]))
}

/** A chain of edges through these nodes. */
export function chain(...ids: readonly string[]): EdgeText[] {
  return ids.slice(1).map((target, at) => [ids[at] as string, target] as const)
}
