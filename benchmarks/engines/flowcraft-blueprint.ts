import type { WorkflowBlueprint } from 'flowcraft'
import type { Graph } from '../graph.ts'

/** A graph as flowcraft writes it down. Every node is a `step`, which gets its position. */
export function describe({ id, nodeIds, edges }: Graph): WorkflowBlueprint {
  return {
    id,
    nodes: nodeIds.map((nodeId, index) => ({ id: nodeId, uses: 'step', params: { index } })),
    edges: edges.map(([source, target]) => ({ source: nodeIds[source] ?? '', target: nodeIds[target] ?? '' })),
  }
}
