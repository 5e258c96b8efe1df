import { edgeRoute, type CompiledGraph, type CompiledLoop } from '../graph/compiled-graph.ts'
import { siteKey } from '../graph/expansion-site.ts'
import { loopCellName, runCellName, visitCellName } from './cell-names.ts'
import type { CellSeed } from './cell-overlay.ts'

const ordinals = new WeakMap<CompiledGraph, number[]>()

/** Position of an edge among the outgoing edges of its source, those that expansions added included. */
export function edgeOrdinal(graph: CompiledGraph, edge: number): number {
  let known = ordinals.get(graph)
  if (known === undefined) {
    known = []
    for (let node = 0; node < graph.nodes.length; node++) {
      const start = graph.outStart[node] as number
      for (let at = start; at < (graph.outStart[node + 1] as number); at++) {
        known[graph.outEdges[at] as number] = at - start
      }
    }
    // Added edges stand behind those that their source had before.
    for (const added of graph.addedOut.values()) {
      const source = graph.edgeSource[added[0] as number] as number
      const degree = (graph.outStart[source + 1] as number) - (graph.outStart[source] as number)
      for (const [at, one] of added.entries()) known[one] = degree + at
    }
    ordinals.set(graph, known)
  }
  return known[edge] as number
}

/** The outgoing edges of a node in one iteration, those that expansions added included. */
function outgoingEdges(graph: CompiledGraph, node: number, path: readonly number[]): readonly number[] {
  const edges = graph.outEdges.slice(graph.outStart[node], graph.outStart[node + 1])
  return graph.addedOut.size === 0 ? edges : [...edges, ...(graph.addedOut.get(siteKey(node, path)) ?? [])]
}

/** The loops around a node, outermost first. */
export function loopsAround(graph: CompiledGraph, node: number): number[] {
  const loops: number[] = []
  for (let loop = graph.loopOf[node] as number; loop !== -1; loop = (graph.loops[loop] as CompiledLoop).parent) {
    loops.push(loop)
  }
  return loops.reverse()
}

/** How many loops lie around the iterations of a loop, itself included: the length of their paths. */
function loopDepth(graph: CompiledGraph, loop: number): number {
  let depth = 0
  for (let at = loop; at !== -1; at = (graph.loops[at] as CompiledLoop).parent) depth++
  return depth
}

/** The iteration of the target's visit for which a mark counts that a visit in iteration `path` writes. */
function targetPath(graph: CompiledGraph, edge: number, path: readonly number[]): readonly number[] {
  const route = graph.edgeRoutes[edge]
  if (route === edgeRoute.inside) return path
  if (route === edgeRoute.back) return nextPath(path)
  if (route === edgeRoute.enter) return [...path, 0]
  return pathBehindExit(graph, edge, path.slice(0, loopDepth(graph, graph.edgeLeaves[edge] as number) - 1))
}

function pathBehindExit(graph: CompiledGraph, edge: number, outside: readonly number[]): readonly number[] {
  const target = graph.edgeTarget[edge] as number
  const loop = graph.loopOf[target] as number
  if (loop !== (graph.loops[graph.edgeLeaves[edge] as number] as CompiledLoop).parent) return [...outside, 0]
  return loop !== -1 && graph.loops[loop]?.header === target ? nextPath(outside) : outside
}

function nextPath(path: readonly number[]): readonly number[] {
  return [...path.slice(0, -1), (path.at(-1) as number) + 1]
}

/**
 * The iteration in which the source of an incoming edge lies, seen from the target's visit: of an edge that leaves a loop, the
 * iteration in which that loop was activated.
 */
export function sourcePath(graph: CompiledGraph, edge: number, path: readonly number[]): readonly number[] {
  const route = graph.edgeRoutes[edge]
  const previous = [...path.slice(0, -1), (path.at(-1) ?? 0) - 1]
  if (route === edgeRoute.inside) return path
  if (route === edgeRoute.enter) return path.slice(0, -1)
  if (route === edgeRoute.back) return previous
  const loop = graph.loopOf[graph.edgeTarget[edge] as number] as number
  if (loop !== (graph.loops[graph.edgeLeaves[edge] as number] as CompiledLoop).parent) return path.slice(0, -1)
  return loop !== -1 && graph.loops[loop]?.header === graph.edgeTarget[edge] ? previous : path
}

/** Names of the cells of the loops around an iteration of a loop, the run's included. */
function addLoopsAround(graph: CompiledGraph, loop: number, path: readonly number[], names: Set<string>): void {
  let depth = path.length
  for (let at = loop; at !== -1; at = (graph.loops[at] as CompiledLoop).parent) {
    depth--
    names.add(loopCellName(graph, at, path.slice(0, depth)))
  }
  names.add(runCellName)
}

/**
 * Names of the cells that the settlement of a visit touches as long as it spreads no further: its own, the loops around it, and the
 * targets of its edges.
 *
 * @param node the node whose outgoing edges the visit decides
 */
export function cellsAround(graph: CompiledGraph, node: number, path: readonly number[]): Set<string> {
  const names = new Set<string>([visitCellName(graph, node, path)])
  addLoopsAround(graph, graph.loopOf[node] as number, path, names)
  for (const edge of outgoingEdges(graph, node, path)) addTarget(graph, edge, path, names)
  return names
}

/** Names of the cells that the beginning of a run touches, the run's own apart: those of its start nodes, and the loops around them. */
export function cellsOfStart(graph: CompiledGraph): Set<string> {
  const names = new Set<string>()
  for (const node of graph.starts) {
    const loop = graph.loopOf[node] as number
    names.add(visitCellName(graph, node, loop === -1 ? [] : [0]))
    if (loop !== -1) names.add(loopCellName(graph, loop, []))
  }
  return names
}

/**
 * Names of the cells that a completed visit touches in the region that its node cancels, as long as that lies in iterations that have
 * begun: the named visits, and what their skipped edges lead to.
 */
export function cellsOfRegion(graph: CompiledGraph, node: number, path: readonly number[]): Set<string> {
  const names = new Set<string>()
  for (const cancelled of graph.cancels.get(node) ?? []) {
    const around = loopsAround(graph, cancelled)
    const shared = loopsAround(graph, node).filter((loop) => around.includes(loop)).length
    // Further in, the first iteration; the loops' cells tell of others.
    const place = around.map((_, depth) => (depth < shared ? (path[depth] as number) : 0))
    for (const name of cellsAround(graph, cancelled, place)) names.add(name)
  }
  return names
}

function addTarget(graph: CompiledGraph, edge: number, path: readonly number[], names: Set<string>): CellSeed {
  const target = graph.edgeTarget[edge] as number
  const reached = targetPath(graph, edge, path)
  names.add(visitCellName(graph, target, reached))
  const loop = graph.loopOf[target] as number
  if (loop !== -1) names.add(loopCellName(graph, loop, reached.slice(0, -1)))
  return { node: target, path: reached }
}

/** Where a loop's end goes on: the targets of its exits. */
export function seedsBehindLoop(graph: CompiledGraph, loop: number, outside: readonly number[]): readonly CellSeed[] {
  return (graph.loops[loop] as CompiledLoop).exitEdges.map((edge) => ({
    node: graph.edgeTarget[edge] as number,
    path: pathBehindExit(graph, edge, outside),
  }))
}

/**
 * Names of the cells that a spreading skip may touch next, breadth first, without those that are at hand.
 *
 * @param limit how many names at most
 */
export function cellsBehind(
  graph: CompiledGraph,
  seeds: readonly CellSeed[],
  isKnown: (name: string) => boolean,
  limit: number,
): string[] {
  const names = new Set<string>()
  const seen = new Set<string>()
  const queue: CellSeed[] = [...seeds]
  for (let at = 0; at < queue.length && names.size < limit; at++) {
    const { node, path } = queue[at] as CellSeed
    // What the event under decision adds to the graph has no cells yet.
    if (node >= graph.nodes.length) continue
    const own = visitCellName(graph, node, path)
    if (seen.has(own)) continue
    seen.add(own)
    const near = new Set<string>([own])
    for (const edge of outgoingEdges(graph, node, path)) {
      const seed = addTarget(graph, edge, path, near)
      // A skip never starts another iteration: the header's cell is touched, nothing behind it.
      if (graph.edgeRoutes[edge] !== edgeRoute.back) queue.push(seed)
    }
    for (const name of near) if (!isKnown(name)) names.add(name)
  }
  return [...names].slice(0, limit)
}
