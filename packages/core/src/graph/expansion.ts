import { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import { edgeRoute, type CompiledGraph } from './compiled-graph.ts'
import { edgeKeys, guardOf } from './edge-keys.ts'
import { checkId } from './ids.ts'

/** Where an expansion happens: the expanding node, and the iteration of the loops around it. */
export interface ExpansionSite {
  readonly node: number
  readonly path: readonly number[]
  /** Whether a node in the same iteration is still undecided; an edge may end only at such a node. */
  readonly isUndecided: (node: number) => boolean
}

/** An expanded graph, and how many nodes and edges the frame of the site has to make room for. */
export interface Expanded {
  readonly graph: CompiledGraph
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

/** The name of a node's or edge's place in one iteration: what an expansion adds exists there only. */
export function siteKey(node: number, path: readonly number[]): string {
  return `${node}@${path.join('.')}`
}

/**
 * Adds the nodes and edges that a handler returned to a copy of the graph, for one iteration only. New edges start at the expander
 * or at a new node and end at a new node or at an undecided target of the expander in the same iteration; they close no cycle.
 *
 * @throws HeddleError `INVALID_EXPANSION`, naming the node or edge and the rule
 */
export function expandGraph(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion): Expanded {
  const expander = graph.nodes[site.node] as NodeDefinition
  const added = checkNodes(graph, site, expander.id, expansion.nodes)
  const ends = checkEdges(graph, site, expander.id, added, expansion.edges)
  refuseCycles(expander.id, graph.nodes.length, expansion, ends)
  return append(graph, site, expansion, added, ends)
}

function refuse(expander: string, message: string, details: Record<string, unknown>): HeddleError {
  return new HeddleError(
    'INVALID_EXPANSION',
    `node "${expander}" returned an expansion that cannot be added: ${message}`,
    {
      details: { nodeId: expander, ...details },
    },
  )
}

function checkNodes(
  graph: CompiledGraph,
  site: ExpansionSite,
  expander: string,
  nodes: readonly NodeDefinition[],
): Map<string, number> {
  const added = new Map<string, number>()
  for (const node of nodes) {
    const problem = checkId(node.id)
    if (problem !== undefined) throw refuse(expander, problem, { id: node.id })
    const taken =
      graph.indexById.has(node.id) || added.has(node.id) || graph.addedAt.has(`${node.id}@${site.path.join('.')}`)
    if (taken)
      throw refuse(expander, `there is a node "${node.id}" already; give the new node an id of its own`, {
        id: node.id,
      })
    added.set(node.id, graph.nodes.length + added.size)
  }
  for (const { id, config } of nodes) {
    const fallback = config?.fallback
    if (fallback !== undefined && !added.has(fallback) && graph.isFallback[graph.indexById.get(fallback) ?? -1] !== 1) {
      throw refuse(expander, `the fallback "${fallback}" of node "${id}" is no new node and no fallback node`, { id })
    }
  }
  return added
}

interface Ends {
  readonly source: number
  readonly target: number
}

function checkEdges(
  graph: CompiledGraph,
  site: ExpansionSite,
  expander: string,
  added: ReadonlyMap<string, number>,
  edges: readonly EdgeDefinition[],
): Ends[] {
  const targets = new Set<number>()
  for (let at = graph.outStart[site.node] as number; at < (graph.outStart[site.node + 1] as number); at++) {
    const edge = graph.outEdges[at] as number
    if (graph.edgeRoutes[edge] === edgeRoute.inside) targets.add(graph.edgeTarget[edge] as number)
  }
  return edges.map(({ source, target }) => {
    const from = source === expander ? site.node : added.get(source)
    if (from === undefined) {
      throw refuse(expander, `the edge "${source}>${target}" must start at "${expander}" or at a new node`, {
        source,
        target,
      })
    }
    const to = added.get(target) ?? graph.indexById.get(target) ?? -1
    const allowed = added.has(target) || (targets.has(to) && site.isUndecided(to))
    if (!allowed) {
      const rule = `must end at a new node or at an undecided target of "${expander}"`
      throw refuse(expander, `the edge "${source}>${target}" ${rule}`, { source, target })
    }
    return { source: from, target: to }
  })
}

/** New edges only lead from new nodes on, so a cycle could only lie among the new nodes: they must have a topological order. */
function refuseCycles(expander: string, first: number, { nodes }: Expansion, ends: readonly Ends[]): void {
  const waitsFor = nodes.map(() => 0)
  for (const { source, target } of ends)
    if (source >= first && target >= first) waitsFor[target - first] = (waitsFor[target - first] ?? 0) + 1
  const free = [...waitsFor.keys()].filter((at) => waitsFor[at] === 0)
  for (let at = 0; at < free.length; at++) {
    for (const { source, target } of ends) {
      if (source !== first + (free[at] as number) || target < first) continue
      waitsFor[target - first] = (waitsFor[target - first] as number) - 1
      if (waitsFor[target - first] === 0) free.push(target - first)
    }
  }
  if (free.length < nodes.length) throw refuse(expander, 'its edges form a cycle', {})
  const reached = new Set(ends.map(({ target }) => target))
  for (const [at, { id }] of nodes.entries()) {
    const isFallback = nodes.some(({ config }) => config?.fallback === id)
    if (!isFallback && !reached.has(first + at)) throw refuse(expander, `no edge leads to the new node "${id}"`, { id })
  }
}

function append(
  graph: CompiledGraph,
  site: ExpansionSite,
  expansion: Expansion,
  added: ReadonlyMap<string, number>,
  ends: readonly Ends[],
): Expanded {
  const loop = graph.loopOf[site.node] as number
  const iteration = site.path.join('.')
  const room = graph.room.get(`${loop}@${iteration}`) ?? { nodes: 0, marks: 0 }
  const { directNodes = graph.rootNodes, directMarks = graph.rootMarks } = graph.loops[loop] ?? {}
  const firstNode = graph.nodes.length
  const firstEdge = graph.edges.length
  const nodes = [...added.values()]
  const edges = ends.map((_, at) => firstEdge + at)

  const addedAt = new Map(graph.addedAt)
  for (const [id, node] of added) addedAt.set(`${id}@${iteration}`, node)
  const addedOut = new Map(graph.addedOut)
  const addedIn = new Map(graph.addedIn)
  const ordered = [...edges].sort(
    (a, b) => (ends[a - firstEdge] as Ends).source - (ends[b - firstEdge] as Ends).source || a - b,
  )
  const outStart = [...graph.outStart]
  const outEdges = [...graph.outEdges]
  const inDegree = [...graph.inDegree]
  const inStart = [...graph.inStart]
  const inEdges = [...graph.inEdges]
  for (const node of nodes) {
    for (const edge of ordered) if (ends[edge - firstEdge]?.source === node) outEdges.push(edge)
    outStart.push(outEdges.length)
    for (const edge of edges) if (ends[edge - firstEdge]?.target === node) inEdges.push(edge)
    inDegree.push(inEdges.length - (inStart.at(-1) as number))
    inStart.push(inEdges.length)
  }
  for (const edge of edges) {
    const { source, target } = ends[edge - firstEdge] as Ends
    if (source < firstNode) push(addedOut, siteKey(source, site.path), edge)
    if (target < firstNode) push(addedIn, siteKey(target, site.path), edge)
  }
  const allNodes = [...graph.nodes, ...expansion.nodes]
  const allEdges = [...graph.edges, ...expansion.edges]
  const isFallback = [...graph.isFallback, ...nodes.map(() => 0)]
  const fallbackOf = [...graph.fallbackOf]
  for (const { config } of expansion.nodes) {
    const fallback = config?.fallback
    const index = fallback === undefined ? -1 : (added.get(fallback) ?? graph.indexById.get(fallback) ?? -1)
    fallbackOf.push(index)
    if (index !== -1) isFallback[index] = 1
  }
  const keys = edgeKeys(allEdges)
  return {
    nodes,
    edges,
    graph: {
      ...graph,
      nodes: allNodes,
      edges: allEdges,
      expansions: [...graph.expansions, { site: siteKey(site.node, site.path), expansion }],
      addedAt,
      addedOut,
      addedIn,
      room: new Map(graph.room).set(`${loop}@${iteration}`, {
        nodes: room.nodes + nodes.length,
        marks: room.marks + edges.length,
      }),
      addedIteration: new Map([...graph.addedIteration, ...nodes.map((node) => [node, iteration] as const)]),
      loopOf: [...graph.loopOf, ...nodes.map(() => loop)],
      place: [...graph.place, ...nodes.map((_, at) => directNodes + room.nodes + at)],
      joins: [...graph.joins, ...expansion.nodes.map(({ config }) => config?.joinStrategy ?? 'all')],
      fallbackOf,
      isFallback,
      inDegree,
      outStart,
      outEdges,
      inStart,
      inEdges,
      edgeSource: [...graph.edgeSource, ...ends.map(({ source }) => source)],
      edgeTarget: [...graph.edgeTarget, ...ends.map(({ target }) => target)],
      edgeRoutes: [...graph.edgeRoutes, ...edges.map(() => edgeRoute.inside)],
      edgeGuards: [...graph.edgeGuards, ...expansion.edges.map(guardOf)],
      edgeLeaves: [...graph.edgeLeaves, ...edges.map(() => -1)],
      edgeExitPlace: [...graph.edgeExitPlace, ...edges.map(() => -1)],
      markPlace: [...graph.markPlace, ...edges.map((_, at) => directMarks + room.marks + at)],
      edgeKey: (edge) => keys[edge] as string,
    },
  }
}

function push(lists: Map<string, readonly number[]>, key: string, value: number): void {
  lists.set(key, [...(lists.get(key) ?? []), value])
}
