import { edgeRoute, type CompiledGraph, type CompiledLoop } from '../graph/compiled-graph.ts'
import type { Frame } from './frame.ts'
import { isSettled } from './status-codes.ts'

/** Whether a mark may have reached a loop: to look into another one would make frames for it. */
export function isReached(graph: CompiledGraph, outside: Frame, { header, entryEdges }: CompiledLoop): boolean {
  if (graph.starts.includes(header)) return true
  return entryEdges.some((edge) => {
    return graph.edgeRoutes[edge] !== edgeRoute.enter || isSettled(outside.status(graph.edgeSource[edge] as number))
  })
}
