import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { SkipReason } from '../model/visit.ts'
import { nodeId } from './visit.ts'

/**
 * Why what had not begun is skipped when a run stops.
 *
 * @param cause index of the node whose failure ends the run, or -1
 */
export function skipReason(graph: CompiledGraph, cause: number): SkipReason {
  return cause === -1 ? { type: 'run-ended' } : { type: 'cut-off', by: nodeId(graph, cause) }
}
