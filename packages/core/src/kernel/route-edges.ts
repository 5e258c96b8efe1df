import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { edgeGuard } from '../graph/edge-keys.ts'
import { markCode } from './status-codes.ts'

/** What a source's result says to its outgoing edges. */
export interface RoutingResult {
  readonly action?: string | undefined
  /** By ordinal of the outgoing edge; `undefined` where an edge has no condition. False also of an error edge that cannot be asked. */
  readonly conditions?: readonly (boolean | undefined)[] | undefined
}

/**
 * The mark of one edge of a source that completed: an edge with `action` is taken iff the action equals it, with `condition` iff it
 * is true, with both iff both, with neither always. Error edges are skipped.
 *
 * @param ordinal position of the edge among the source's outgoing edges
 */
export function routeCompleted(graph: CompiledGraph, edge: number, ordinal: number, result: RoutingResult): number {
  const guard = graph.edgeGuards[edge]
  if (guard === edgeGuard.plain) return markCode.taken
  if (guard === edgeGuard.error) return markCode.skipped
  return matches(graph, edge, ordinal, result) ? markCode.taken : markCode.skipped
}

/** The mark of one edge of a source whose failure an error edge handles: error edges by their guards, the others are skipped. */
export function routeFailed(graph: CompiledGraph, edge: number, ordinal: number, result: RoutingResult): number {
  if (graph.edgeGuards[edge] !== edgeGuard.error) return markCode.skipped
  return matches(graph, edge, ordinal, result) ? markCode.taken : markCode.skipped
}

function matches(graph: CompiledGraph, edge: number, ordinal: number, result: RoutingResult): boolean {
  const definition = graph.edges[edge]
  if (definition?.action !== undefined && definition.action !== result.action) return false
  const isTaken = result.conditions?.[ordinal]
  return isTaken === true || (isTaken !== false && definition?.condition === undefined)
}

/** Whether the result of a completed source names an action that none of its edges has. */
export function isUnrouted(graph: CompiledGraph, node: number, result: RoutingResult): boolean {
  let hasActions = false
  for (let at = graph.outStart[node] as number; at < (graph.outStart[node + 1] as number); at++) {
    const edge = graph.outEdges[at] as number
    const action = graph.edgeGuards[edge] === edgeGuard.guarded ? graph.edges[edge]?.action : undefined
    if (action === undefined) continue
    if (action === result.action) return false
    hasActions = true
  }
  return hasActions
}
