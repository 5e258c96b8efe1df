import type { Expansion } from '../model/outcome.ts'
import { checkExpansion, type CheckedExpansion, type Ends } from './check-expansion.ts'
import { edgeRoute, type CompiledGraph } from './compiled-graph.ts'
import { guardOf, keysOnDemand } from './edge-keys.ts'
import { siteKey, type ExpansionSite } from './expansion-site.ts'

/** An expanded graph, and the nodes and edges for which the frame of the site has to make room. */
export interface Expanded {
  readonly graph: CompiledGraph
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

/**
 * Adds the nodes and edges that a handler returned to a copy of the graph, for one iteration only. New edges start at the expander
 * or at a new node and end at a new node or at an undecided target of the expander in the same iteration; they close no cycle.
 *
 * @throws HeddleError `INVALID_EXPANSION`, naming the node or edge and the rule
 */
export function expandGraph(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion): Expanded {
  const checked = checkExpansion(graph, site, expansion)
  const nodes = [...checked.added.values()]
  const edges = checked.ends.map((_, at) => graph.edges.length + at)
  const allEdges = [...graph.edges, ...expansion.edges]
  return {
    nodes,
    edges,
    graph: {
      ...graph,
      ...addPlaces(graph, site, nodes, edges),
      ...addAdjacency(graph, nodes, edges, checked.ends),
      ...addFallbacks(graph, expansion, checked.added),
      cancels: addCancels(graph, site, expansion, checked.added),
      ...addSiteEdges(graph, site, edges, checked),
      nodes: [...graph.nodes, ...expansion.nodes],
      edges: allEdges,
      expansions: [...graph.expansions, { site: siteKey(site.node, site.path), expansion }],
      joins: [...graph.joins, ...expansion.nodes.map(({ config }) => config?.joinStrategy ?? 'all')],
      edgeSource: [...graph.edgeSource, ...checked.ends.map(({ source }) => source)],
      edgeTarget: [...graph.edgeTarget, ...checked.ends.map(({ target }) => target)],
      edgeRoutes: [...graph.edgeRoutes, ...edges.map(() => edgeRoute.inside)],
      edgeGuards: [...graph.edgeGuards, ...expansion.edges.map(guardOf)],
      edgeLeaves: [...graph.edgeLeaves, ...edges.map(() => -1)],
      edgeExitPlace: [...graph.edgeExitPlace, ...edges.map(() => -1)],
      edgeKey: keysOnDemand(allEdges),
    },
  }
}

/** Places of the new nodes and marks, behind those that are in the frame already. */
function addPlaces(
  graph: CompiledGraph,
  site: ExpansionSite,
  nodes: readonly number[],
  edges: readonly number[],
): Pick<CompiledGraph, 'loopOf' | 'place' | 'markPlace' | 'room' | 'addedIteration'> {
  const loop = graph.loopOf[site.node] as number
  const iteration = site.path.join('.')
  const roomKey = `${loop}@${iteration}`
  const room = graph.room.get(roomKey) ?? { nodes: 0, marks: 0 }
  const { directNodes = graph.rootNodes, directMarks = graph.rootMarks } = graph.loops[loop] ?? {}
  const grown = { nodes: room.nodes + nodes.length, marks: room.marks + edges.length }
  return {
    loopOf: [...graph.loopOf, ...nodes.map(() => loop)],
    place: [...graph.place, ...nodes.map((_, at) => directNodes + room.nodes + at)],
    markPlace: [...graph.markPlace, ...edges.map((_, at) => directMarks + room.marks + at)],
    room: new Map(graph.room).set(roomKey, grown),
    addedIteration: new Map([...graph.addedIteration, ...nodes.map((node) => [node, iteration] as const)]),
  }
}

/** Adjacency of the new nodes; their edges stand behind all others, so the lists of the old nodes stay as they are. */
function addAdjacency(
  graph: CompiledGraph,
  nodes: readonly number[],
  edges: readonly number[],
  ends: readonly Ends[],
): Pick<CompiledGraph, 'outStart' | 'outEdges' | 'inStart' | 'inEdges' | 'inDegree'> {
  const outStart = [...graph.outStart]
  const outEdges = [...graph.outEdges]
  const inStart = [...graph.inStart]
  const inEdges = [...graph.inEdges]
  const inDegree = [...graph.inDegree]
  const leaving = edgesBy(edges, (at) => ends[at]?.source)
  const coming = edgesBy(edges, (at) => ends[at]?.target)
  for (const node of nodes) {
    const into = coming.get(node) ?? []
    outEdges.push(...(leaving.get(node) ?? []))
    outStart.push(outEdges.length)
    inEdges.push(...into)
    inStart.push(inEdges.length)
    inDegree.push(into.length)
  }
  return { outStart, outEdges, inStart, inEdges, inDegree }
}

function edgesBy(
  edges: readonly number[],
  endOf: (at: number) => number | undefined,
): Map<number | undefined, number[]> {
  const byEnd = new Map<number | undefined, number[]>()
  for (const [at, edge] of edges.entries()) {
    const same = byEnd.get(endOf(at))
    if (same === undefined) byEnd.set(endOf(at), [edge])
    else same.push(edge)
  }
  return byEnd
}

function addFallbacks(
  graph: CompiledGraph,
  { nodes }: Expansion,
  added: ReadonlyMap<string, number>,
): Pick<CompiledGraph, 'fallbackOf' | 'isFallback'> {
  const isFallback = [...graph.isFallback, ...nodes.map(() => 0)]
  const fallbacks = nodes.map(({ config }) => {
    const id = config?.fallback
    return id === undefined ? -1 : (added.get(id) ?? graph.indexById.get(id) ?? -1)
  })
  for (const fallback of fallbacks) if (fallback !== -1) isFallback[fallback] = 1
  return { fallbackOf: [...graph.fallbackOf, ...fallbacks], isFallback }
}

function addCancels(
  graph: CompiledGraph,
  { path }: ExpansionSite,
  { nodes }: Expansion,
  added: ReadonlyMap<string, number>,
): CompiledGraph['cancels'] {
  const cancels = new Map(graph.cancels)
  const indexOf = (id: string): number | undefined =>
    added.get(id) ?? graph.indexById.get(id) ?? graph.addedAt.get(`${id}@${path.join('.')}`)
  for (const { id, config } of nodes) {
    if (config?.cancels === undefined) continue
    const named = config.cancels.map(indexOf).filter((node) => node !== undefined)
    cancels.set(added.get(id) as number, [...new Set(named)])
  }
  return cancels
}

/** Notes which new edges begin or end at a node that was there before. */
function addSiteEdges(
  graph: CompiledGraph,
  site: ExpansionSite,
  edges: readonly number[],
  { added, ends }: CheckedExpansion,
): Pick<CompiledGraph, 'addedAt' | 'addedOut' | 'addedIn'> {
  const addedAt = new Map(graph.addedAt)
  for (const [id, node] of added) addedAt.set(`${id}@${site.path.join('.')}`, node)
  const known = graph.nodes.length
  return {
    addedAt,
    addedOut: withEdges(
      graph.addedOut,
      site,
      edgesBy(edges, (at) => ends[at]?.source),
      known,
    ),
    addedIn: withEdges(
      graph.addedIn,
      site,
      edgesBy(edges, (at) => ends[at]?.target),
      known,
    ),
  }
}

/** Lists of edges with those of the first `known` nodes added to them. */
function withEdges(
  lists: ReadonlyMap<string, readonly number[]>,
  { path }: ExpansionSite,
  edgesByNode: ReadonlyMap<number | undefined, readonly number[]>,
  known: number,
): ReadonlyMap<string, readonly number[]> {
  const longer = new Map(lists)
  for (const [node, edges] of edgesByNode) {
    if (node === undefined || node >= known) continue
    const key = siteKey(node, path)
    longer.set(key, [...(lists.get(key) ?? []), ...edges])
  }
  return longer
}
