import { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import { edgeRoute, type CompiledGraph } from './compiled-graph.ts'
import type { ExpansionSite } from './expansion-site.ts'
import { checkId } from './ids.ts'

/** Indexes of both ends of an edge that is added. */
export interface Ends {
  readonly source: number
  readonly target: number
}

/** An expansion that keeps the rules: the index of each new node by id, and the ends of each new edge. */
export interface CheckedExpansion {
  readonly added: ReadonlyMap<string, number>
  readonly ends: readonly Ends[]
}

/**
 * Checks that an expansion may be added at a site.
 *
 * @throws HeddleError `INVALID_EXPANSION`, naming the node or edge and the rule
 */
export function checkExpansion(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion): CheckedExpansion {
  const expander = (graph.nodes[site.node] as NodeDefinition).id
  const added = checkNodes(graph, site, expander, expansion.nodes)
  const ends = checkEdges(graph, site, expander, added, expansion.edges)
  refuseCycles(expander, graph.nodes.length, expansion, ends)
  return { added, ends }
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
    if (taken) {
      throw refuse(expander, `there is a node "${node.id}" already; give the new node an id of its own`, {
        id: node.id,
      })
    }
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
  for (const { source, target } of ends) {
    if (source >= first && target >= first) waitsFor[target - first] = (waitsFor[target - first] ?? 0) + 1
  }
  const free = [...waitsFor.keys()].filter((at) => waitsFor[at] === 0)
  for (let at = 0; at < free.length; at++) {
    for (const { source, target } of ends) {
      if (source !== first + (free[at] as number) || target < first) continue
      // oxlint-disable-next-line operator-assignment -- the checked form of it needs the cast on both sides
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
