import type { EdgeDefinition, NodeDefinition, WorkflowBlueprint } from '../../model/blueprint.ts'
import type { BlueprintProblem, ProblemCode } from '../blueprint-problem.ts'
import { Suggester } from '../did-you-mean.ts'
import { keysOnDemand } from '../edge-keys.ts'
import { findLoops } from '../loops.ts'
import type { LoopForest } from '../loops.ts'

/** Where a problem is: at a node, an edge, or nowhere in particular. */
export interface ProblemPlace {
  readonly nodeId?: string
  readonly edge?: string
  readonly position?: number
  /** @default 'error' */
  readonly severity?: 'error' | 'warning'
}

/**
 * A blueprint by index, for the rules, and what they have found. Unlike a compiled graph it may be made of a blueprint that is
 * wrong: an edge to a node that does not exist has the index -1 there and is no part of the graph.
 */
export class BlueprintFacts {
  readonly blueprint: WorkflowBlueprint
  readonly nodes: readonly NodeDefinition[]
  readonly edges: readonly EdgeDefinition[]
  /** The first node of each id. */
  readonly indexById: ReadonlyMap<string, number>
  /** By edge: index of its ends, or -1. */
  readonly edgeSource: readonly number[]
  readonly edgeTarget: readonly number[]
  /** By node: targets of its outgoing edges, and its incoming edges. */
  readonly outgoing: readonly (readonly number[])[]
  readonly incoming: readonly (readonly number[])[]
  /** By node: 1 if some node names it as its fallback. */
  readonly isFallback: Uint8Array
  /** Nodes at which a run begins. */
  readonly starts: readonly number[]
  readonly edgeKey: (edge: number) => string
  readonly problems: BlueprintProblem[] = []
  readonly #suggester = new Suggester()
  #loops: LoopForest | undefined

  constructor(blueprint: WorkflowBlueprint) {
    const { nodes, edges } = blueprint
    const indexById = new Map<string, number>()
    for (let index = 0; index < nodes.length; index++) {
      const { id } = nodes[index] as NodeDefinition
      if (!indexById.has(id)) indexById.set(id, index)
    }
    this.blueprint = blueprint
    this.nodes = nodes
    this.edges = edges
    this.indexById = indexById
    this.edgeSource = edges.map(({ source }) => indexById.get(source) ?? -1)
    this.edgeTarget = edges.map(({ target }) => indexById.get(target) ?? -1)
    this.edgeKey = keysOnDemand(edges)
    const outgoing = nodes.map((): number[] => [])
    const incoming = nodes.map((): number[] => [])
    for (let edge = 0; edge < edges.length; edge++) {
      const source = this.edgeSource[edge] as number
      const target = this.edgeTarget[edge] as number
      if (source === -1 || target === -1) continue
      outgoing[source]?.push(target)
      incoming[target]?.push(edge)
    }
    this.outgoing = outgoing
    this.incoming = incoming
    this.isFallback = new Uint8Array(nodes.length)
    for (const { config } of nodes) {
      const fallback = config?.fallback === undefined ? undefined : indexById.get(config.fallback)
      if (fallback !== undefined) this.isFallback[fallback] = 1
    }
    this.starts = this.#findStarts()
  }

  /** The loops, found when the first rule asks for them. */
  get loops(): LoopForest {
    this.#loops ??= findLoops(this.nodes.length, this.outgoing, this.starts)
    return this.#loops
  }

  nodeId(node: number): string {
    return this.nodes[node]?.id ?? ''
  }

  report(code: ProblemCode, message: string, { severity = 'error', ...place }: ProblemPlace = {}): void {
    this.problems.push({ code, severity, message, ...place })
  }

  /** ` Did you mean "x"?`, else what else to do about it. */
  suggest(name: string, candidates: Iterable<string>, otherwise = ''): string {
    return this.#suggester.suggest(name, candidates, otherwise)
  }

  #findStarts(): number[] {
    const { start } = this.blueprint
    if (start !== undefined) return [...new Set(start.flatMap((id) => this.indexById.get(id) ?? []))]
    return this.nodes.flatMap((node, index) => {
      const isFirst = this.indexById.get(node.id) === index
      return isFirst && this.incoming[index]?.length === 0 && this.isFallback[index] === 0 ? [index] : []
    })
  }
}
