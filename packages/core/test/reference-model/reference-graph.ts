import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../../src/model/blueprint.ts'

/** An edge with its key `source>target#ordinal`. */
export interface ReferenceEdge {
  readonly key: string
  readonly source: string
  readonly target: string
  readonly definition: EdgeDefinition
}

/** A cycle of the graph: its only entry node and everything that lies on a way from it back to it. */
export interface ReferenceLoop {
  readonly header: string
  readonly members: ReadonlySet<string>
}

/** A blueprint with the few static facts that the model needs. */
export interface ReferenceGraph {
  readonly nodes: ReadonlyMap<string, NodeDefinition>
  readonly edges: readonly ReferenceEdge[]
  readonly starts: ReadonlySet<string>
  /** Nodes that only run in the place of another. */
  readonly fallbacks: ReadonlySet<string>
  /** Deepest loops first. */
  readonly loops: readonly ReferenceLoop[]
  /** The loops around each node, outermost first. */
  readonly around: ReadonlyMap<string, readonly ReferenceLoop[]>
  /** Why the blueprint cannot run: loops with two entries, unreachable nodes. Other checks are the validator's. */
  readonly problems: readonly string[]
}

/** Keys of a blueprint's edges, in its order. */
export function keyedEdges(blueprint: WorkflowBlueprint): ReferenceEdge[] {
  return blueprint.edges.map((definition, index) => {
    const { source, target } = definition
    const before = blueprint.edges.slice(0, index)
    const ordinal = before.filter((other) => other.source === source && other.target === target).length
    return { key: `${source}>${target}#${ordinal}`, source, target, definition }
  })
}

/** Reads a blueprint; finds its start nodes and loops. */
export function readGraph(blueprint: WorkflowBlueprint): ReferenceGraph {
  const nodes = new Map(blueprint.nodes.map((node) => [node.id, node]))
  const edges = keyedEdges(blueprint)
  const fallbacks = new Set(blueprint.nodes.flatMap((node) => node.config?.fallback ?? []))
  const plain = [...nodes.keys()].filter((id) => !fallbacks.has(id))
  const starts = new Set(blueprint.start ?? plain.filter((id) => !edges.some((edge) => edge.target === id)))
  const problems: string[] = []
  const reached = reachable(starts, edges)
  for (const id of plain) if (!reached.has(id)) problems.push(`unreachable node ${id}`)
  if (starts.size === 0) problems.push('no start node')

  const loops = findLoops(plain, edges, edges, starts, problems)
  const around = new Map([...nodes.keys()].map((id) => [id, loops.filter((loop) => loop.members.has(id))]))
  return { nodes, edges, starts, fallbacks, loops: [...loops].reverse(), around, problems }
}

/** Every node that can be reached from `from`, `from` included. */
function reachable(from: Iterable<string>, edges: readonly ReferenceEdge[]): Set<string> {
  const seen = new Set(from)
  for (const id of seen) for (const edge of edges) if (edge.source === id) seen.add(edge.target)
  return seen
}

/**
 * Finds the loops among `ids`, outer ones before those inside them: strongly connected components, each without the edges
 * back to its entry node searched again. `all` are the edges of the whole graph: entries are judged by them.
 */
function findLoops(
  ids: readonly string[],
  edges: readonly ReferenceEdge[],
  all: readonly ReferenceEdge[],
  starts: ReadonlySet<string>,
  problems: string[],
): ReferenceLoop[] {
  const loops: ReferenceLoop[] = []
  const after = new Map<string, Set<string>>()
  for (const id of ids) {
    const next = edges.filter((edge) => edge.source === id).map((edge) => edge.target)
    after.set(id, reachable(next, edges))
  }
  const done = new Set<string>()
  for (const id of ids) {
    const isOnCycle = after.get(id)?.has(id) ?? false
    if (done.has(id) || !isOnCycle) continue
    const members = new Set(ids.filter((other) => after.get(id)?.has(other) && after.get(other)?.has(id)))
    for (const member of members) done.add(member)
    const entries = [...members].filter(
      (member) => starts.has(member) || all.some((edge) => edge.target === member && !members.has(edge.source)),
    )
    const header = entries[0]
    if (header === undefined || entries.length > 1) {
      problems.push(`loop of ${[...members].join(', ')} has entry nodes: ${entries.join(', ')}`)
      continue
    }
    const body = edges.filter((edge) => members.has(edge.source) && members.has(edge.target) && edge.target !== header)
    loops.push({ header, members }, ...findLoops([...members], body, all, starts, problems))
  }
  return loops
}

/** The loops around a node, outermost first. */
export function loopsAround(graph: ReferenceGraph, nodeId: string): readonly ReferenceLoop[] {
  return graph.around.get(nodeId) ?? []
}

/** How many loops lie around a loop. Its own counter has this index in the iteration of a visit inside it. */
export function depthOf(graph: ReferenceGraph, loop: ReferenceLoop): number {
  return loopsAround(graph, loop.header).indexOf(loop)
}

/** The loops that an edge leaves, outermost first. */
export function loopsLeft(graph: ReferenceGraph, edge: ReferenceEdge): ReferenceLoop[] {
  return loopsAround(graph, edge.source).filter((loop) => !loop.members.has(edge.target))
}

/** The loop whose next iteration an edge starts, if it does. */
export function loopRepeated(graph: ReferenceGraph, edge: ReferenceEdge): ReferenceLoop | undefined {
  return loopsAround(graph, edge.source).find((loop) => loop.header === edge.target)
}

/** The iteration of the target's visit for which the mark of an edge counts. */
export function targetIteration(graph: ReferenceGraph, edge: ReferenceEdge, source: readonly number[]): number[] {
  const shared = loopsAround(graph, edge.source).filter((loop) => loop.members.has(edge.target))
  const iteration = source.slice(0, shared.length)
  if (loopRepeated(graph, edge) !== undefined) iteration.push((iteration.pop() ?? 0) + 1)
  else if (loopsAround(graph, edge.target).length > shared.length) iteration.push(0)
  return iteration
}

/** Whether a visit starts a later iteration of the loop of which its node is the header. */
export function isRepetition(graph: ReferenceGraph, nodeId: string, iteration: readonly number[]): boolean {
  return loopsAround(graph, nodeId).at(-1)?.header === nodeId && iteration.at(-1) !== 0
}

/** The edges whose marks a visit's join looks at. */
export function countedEdges(graph: ReferenceGraph, nodeId: string, iteration: readonly number[]): ReferenceEdge[] {
  const repeats = isRepetition(graph, nodeId, iteration)
  return graph.edges.filter((edge) => edge.target === nodeId && (loopRepeated(graph, edge) !== undefined) === repeats)
}

/** Whether the beginning of the run counts as one more taken edge into this visit. */
export function startsHere(graph: ReferenceGraph, nodeId: string, iteration: readonly number[]): boolean {
  return graph.starts.has(nodeId) && iteration.every((counter) => counter === 0)
}

/** Key of the mark on an edge that counts for the target's visit of this iteration. */
export function markKey(edge: ReferenceEdge, iteration: readonly number[]): string {
  return `${edge.key}@${iteration.join('.')}`
}
