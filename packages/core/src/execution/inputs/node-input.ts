import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import { siteKey } from '../../graph/expansion-site.ts'
import type { Frame } from '../../kernel/frame.ts'
import { nodeId } from '../../kernel/visit.ts'

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

/**
 * Whether the one edge that a visit's join looked at was surely taken, since the visit has begun. Nobody has to look at its source
 * then: that one keeps the marks of all its edges, and may have thousands.
 *
 * @param edges its counting edges
 */
export function isOnlyWay(graph: CompiledGraph, frame: Frame, node: number, edges: readonly number[]): boolean {
  return edges.length === 1 && graph.joins[node] !== 'settled' && !(frame.iteration === 0 && isStart(graph, node))
}

/** Whether the beginning of the run counts as one of a node's incoming edges. */
function isStart(graph: CompiledGraph, node: number): boolean {
  const loop = graph.loops[graph.loopOf[node] as number]
  const incoming = (graph.inStart[node + 1] as number) - (graph.inStart[node] as number)
  return (graph.inDegree[node] as number) > (loop?.header === node ? loop.entryEdges.length : incoming)
}

/** Outputs of the taken sources by node id, in a record without prototype. Of parallel edges the first taken one counts. */
export function resolveDeps(
  graph: CompiledGraph,
  frame: Frame,
  node: number,
  values: EdgeValues,
): Record<string, unknown> {
  const deps = Object.create(null) as Record<string, unknown>
  collectTaken(graph, countingEdges(graph, frame, node), values, deps)
  return deps
}

function collectTaken(
  graph: CompiledGraph,
  edges: readonly number[],
  values: EdgeValues,
  into: Record<string, unknown>,
): void {
  for (const edge of edges) {
    const id = nodeId(graph, graph.edgeSource[edge] as number)
    if (values.isTaken(edge) && !Object.hasOwn(into, id)) into[id] = values.value(edge)
  }
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
  if (frame.iteration === 0 && isStart(graph, node)) return runInput
  const sources = new Set(edges.map((edge) => graph.edgeSource[edge]))
  if (sources.size > 1) {
    // A value like any other, as it comes back from storage. No id is `__proto__`.
    const record: Record<string, unknown> = {}
    collectTaken(graph, edges, values, record)
    return record
  }
  const taken = edges.find((edge) => values.isTaken(edge))
  return taken === undefined ? undefined : values.value(taken)
}
