import { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import type { BlueprintProblem, ProblemCode } from './blueprint-problem.ts'
import { edgeRoute, type CompiledGraph } from './compiled-graph.ts'
import { edgeKeys } from './edge-keys.ts'
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
 * Checks that an expansion has its place in a graph: that its ids are new, and where its edges begin and end.
 *
 * @throws HeddleError `INVALID_EXPANSION`, with all problems
 */
export function checkExpansion(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion): CheckedExpansion {
  const place = new ExpansionPlace(graph, site, expansion)
  if (place.problems.length > 0) throw expansionError((graph.nodes[site.node] as NodeDefinition).id, place.problems)
  return place
}

/** Everything that {@link checkExpansion} finds. */
export function placeProblems(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion): BlueprintProblem[] {
  return new ExpansionPlace(graph, site, expansion).problems
}

/** The error of a node whose expansion has problems. */
export function expansionError(
  nodeId: string,
  problems: readonly BlueprintProblem[],
  retryable: boolean = false,
): HeddleError {
  const list = problems.map(({ message }) => `- ${message}`).join('\n')
  return new HeddleError('INVALID_EXPANSION', `node "${nodeId}" returned an expansion that cannot be added:\n${list}`, {
    details: { nodeId, problems },
    retryable,
  })
}

/** Whether a node of that id can be named at a site: one of the blueprint, or one that was added in this iteration. */
export function isKnownAt(graph: CompiledGraph, { path }: ExpansionSite, id: string): boolean {
  return graph.indexById.has(id) || graph.addedAt.has(`${id}@${path.join('.')}`)
}

/** An expansion beside the graph to which it is to be added. */
class ExpansionPlace implements CheckedExpansion {
  readonly problems: BlueprintProblem[] = []
  readonly added: Map<string, number> = new Map()
  readonly ends: Ends[] = []
  readonly #graph: CompiledGraph
  readonly #site: ExpansionSite
  readonly #expander: string
  readonly #expansion: Expansion

  constructor(graph: CompiledGraph, site: ExpansionSite, expansion: Expansion) {
    this.#graph = graph
    this.#site = site
    this.#expander = (graph.nodes[site.node] as NodeDefinition).id
    this.#expansion = expansion
    this.#addNodes()
    this.#checkFallbacks()
    this.#addEdges()
    this.#checkCycles()
    this.#checkReached()
  }

  #report(code: ProblemCode, message: string, place: Pick<BlueprintProblem, 'nodeId' | 'edge'>): void {
    this.problems.push({ code, severity: 'error', message, ...place })
  }

  #addNodes(): void {
    const graph = this.#graph
    for (const [at, { id }] of this.#expansion.nodes.entries()) {
      const wrong = checkId(id)
      if (wrong !== undefined) this.#report('INVALID_ID', `Node ${at}: ${wrong}.`, { nodeId: id })
      if (this.added.has(id) || isKnownAt(graph, this.#site, id)) {
        const message = `There is a node "${id}" already; give the new node an id of its own.`
        this.#report('DUPLICATE_ID', message, { nodeId: id })
      }
      if (!this.added.has(id)) this.added.set(id, graph.nodes.length + at)
    }
  }

  #checkFallbacks(): void {
    const { indexById, isFallback } = this.#graph
    for (const { id, config } of this.#expansion.nodes) {
      const fallback = config?.fallback
      if (fallback === undefined || this.added.has(fallback)) continue
      if (isFallback[indexById.get(fallback) ?? -1] === 1) continue
      const message = `Node "${id}" names the fallback "${fallback}", which is no new node and no fallback node. Add it to the nodes.`
      this.#report('UNKNOWN_FALLBACK', message, { nodeId: id })
    }
  }

  #addEdges(): void {
    const { edges } = this.#expansion
    const targets = this.#targets()
    let keys: string[] | undefined
    for (const [at, { source, target }] of edges.entries()) {
      const from = source === this.#expander ? this.#site.node : this.added.get(source)
      const to = this.added.get(target) ?? this.#graph.indexById.get(target) ?? -1
      const isTarget = this.added.has(target) || (targets.has(to) && this.#site.isUndecided(to))
      if (from !== undefined && isTarget) {
        this.ends.push({ source: from, target: to })
        continue
      }
      keys ??= edgeKeys(edges)
      const edge = keys[at] as string
      const rule =
        from === undefined
          ? `start at "${this.#expander}" or at a new node`
          : `end at a new node or at an undecided target of "${this.#expander}"`
      this.#report('EXPANSION_EDGE', `Edge "${edge}" must ${rule}.`, { edge })
    }
  }

  /** The targets of the expander in its own iteration. */
  #targets(): ReadonlySet<number> {
    const { outStart, outEdges, edgeRoutes, edgeTarget } = this.#graph
    const { node } = this.#site
    const edges = outEdges.slice(outStart[node], outStart[node + 1])
    return new Set(
      edges.filter((edge) => edgeRoutes[edge] === edgeRoute.inside).map((edge) => edgeTarget[edge] as number),
    )
  }

  /** New edges only lead from new nodes on, so a cycle could only lie among the new nodes: they must have a topological order. */
  #checkCycles(): void {
    const { nodes } = this.#expansion
    const first = this.#graph.nodes.length
    const waitsFor = nodes.map(() => 0)
    const behind = nodes.map((): number[] => [])
    for (const { source, target } of this.ends) {
      if (source < first || target < first) continue
      waitsFor[target - first] = (waitsFor[target - first] ?? 0) + 1
      behind[source - first]?.push(target - first)
    }
    const free = [...waitsFor.keys()].filter((at) => waitsFor[at] === 0)
    for (let at = 0; at < free.length; at++) {
      for (const target of behind[free[at] as number] ?? []) {
        const left = (waitsFor[target] as number) - 1
        waitsFor[target] = left
        if (left === 0) free.push(target)
      }
    }
    if (free.length === nodes.length) return
    const ids = nodes.filter((_, at) => (waitsFor[at] ?? 0) > 0).map(({ id }) => `"${id}"`)
    this.#report('EXPANSION_CYCLE', `Its edges form a cycle: ${ids.join(', ')} lie on it or behind it.`, {})
  }

  #checkReached(): void {
    const { nodes, edges } = this.#expansion
    const reached = new Set(edges.map(({ target }: EdgeDefinition) => target))
    const fallbacks = new Set(nodes.map(({ config }) => config?.fallback))
    for (const { id } of nodes) {
      if (reached.has(id) || fallbacks.has(id)) continue
      this.#report('UNREACHABLE_NODE', `No edge leads to the new node "${id}".`, { nodeId: id })
    }
  }
}
