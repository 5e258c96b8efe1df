import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { siteKey } from '../graph/expansion-site.ts'
import type { Frame } from '../kernel/frame.ts'
import { nodeId } from '../kernel/visit.ts'

/** Tells of one incoming edge whether it was taken, and what it carries. */
export interface EdgeValues {
  isTaken(edge: number): boolean
  value(edge: number): unknown
}

/** The incoming edges that a visit's join looked at: at a loop's header the entry edges first, the back edges in later iterations. */
export function countingEdges(graph: CompiledGraph, frame: Frame, node: number): readonly number[] {
  const loop = graph.loops[frame.loop]
  const isHeader = loop?.header === node
  if (isHeader) return frame.iteration === 0 ? loop.entryEdges : loop.backEdges
  const edges = graph.inEdges.slice(graph.inStart[node], graph.inStart[node + 1])
  if (graph.addedIn.size > 0) edges.push(...(graph.addedIn.get(siteKey(node, frame.path)) ?? []))
  return edges
}

/** Outputs of the taken sources by node id. Of parallel edges the first taken one counts. */
export function resolveDeps(
  graph: CompiledGraph,
  frame: Frame,
  node: number,
  values: EdgeValues,
): Record<string, unknown> {
  const deps = Object.create(null) as Record<string, unknown>
  for (const edge of countingEdges(graph, frame, node)) {
    const id = nodeId(graph, graph.edgeSource[edge] as number)
    if (values.isTaken(edge) && !(id in deps)) deps[id] = values.value(edge)
  }
  return deps
}

/**
 * The input of a visit without `inputs`: with one source its output, with several a record of the taken ones, for a start node the
 * run's input. One and several are static: the number of distinct sources of the edges that count for this iteration.
 */
export function resolveInput(
  graph: CompiledGraph,
  frame: Frame,
  node: number,
  values: EdgeValues,
  runInput: unknown,
): unknown {
  const inStart = graph.inStart[node] as number
  const isPlain = frame.loop === -1 && graph.addedIn.size === 0 && graph.inDegree[node] === 1
  if (isPlain && graph.inStart[node + 1] === inStart + 1) {
    const edge = graph.inEdges[inStart] as number
    return values.isTaken(edge) ? values.value(edge) : undefined
  }
  const edges = countingEdges(graph, frame, node)
  if (frame.iteration === 0 && graph.starts.includes(node)) return runInput
  const sources = new Set(edges.map((edge) => graph.edgeSource[edge]))
  if (sources.size > 1) return resolveDeps(graph, frame, node, values)
  const taken = edges.find((edge) => values.isTaken(edge))
  return taken === undefined ? undefined : values.value(taken)
}
