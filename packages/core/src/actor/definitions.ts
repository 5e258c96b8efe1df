import { expandGraph } from '../graph/expansion.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import type { RunRef } from '../ports/run-records.ts'

/** A definition that this process can carry out: a blueprint with what implements it. */
export interface Definition {
  readonly blueprint: WorkflowBlueprint
  /** The definition hash of the blueprint. */
  readonly hash: string
  /** Under which runs are pinned to it: workflows of one shape may have different handlers, so the id is part of it. */
  readonly key: string
  /** What carries out its nodes. @internal */
  readonly engine: Engine
  /** The definition that a subflow node of this one names. */
  child(blueprintId: string): Definition | undefined
}

/** The definitions of this process, by key. A run continues only where its key is known. */
export interface Definitions {
  /** The definition of a key, or `undefined` if this process does not have it. */
  get(key: string): Definition | undefined
}

/** The key of a definition: workflow id and definition hash. */
export function definitionKey(blueprint: WorkflowBlueprint, hash: string): string {
  return `${blueprint.id}/${hash}`
}

/** How many expanded graphs are kept. */
const graphsKept = 256

interface GraphEntry {
  /** The expansions that are folded into the graph, as they are stored. */
  readonly texts: readonly string[]
  readonly graph: CompiledGraph
}

/** The graphs of runs: that of the blueprint, folded with what handlers added to a run. */
export class RunGraphs {
  private readonly graphs: Map<string, GraphEntry> = new Map()

  /** The graph as far as it is known here: without expansions that this process has not heard of. */
  latest({ blueprint }: Definition, { incarnation }: RunRef): GraphEntry {
    return this.graphs.get(incarnation) ?? { texts: [], graph: compileGraph(blueprint) }
  }

  /** The graph with all expansions of a run, given as serialised text in order. */
  with(definition: Definition, run: RunRef, expansions: readonly string[]): CompiledGraph {
    const known = this.latest(definition, run)
    if (expansions.length === 0) return compileGraph(definition.blueprint)
    // A store that lost the end of its log may have taken others since.
    const isEarlier = known.texts.every((text, at) => text === expansions[at])
    let graph = isEarlier ? known.graph : compileGraph(definition.blueprint)
    for (const text of expansions.slice(isEarlier ? known.texts.length : 0)) {
      graph = foldExpansion(graph, text, definition.engine)
    }
    this.keep(run, { texts: expansions, graph })
    return graph
  }

  private keep({ incarnation }: RunRef, entry: GraphEntry): void {
    this.graphs.delete(incarnation)
    this.graphs.set(incarnation, entry)
    const [oldest] = this.graphs.keys()
    if (this.graphs.size > graphsKept && oldest !== undefined) this.graphs.delete(oldest)
  }
}

/** An expansion with the place where it happened, as it is stored. */
interface StoredExpansion {
  /** `siteKey` of the expander. */
  readonly site: string
  readonly expansion: Expansion
}

/** Adds an expansion that was accepted before to a graph. */
function foldExpansion(graph: CompiledGraph, text: string, { serializer }: Pick<Engine, 'serializer'>): CompiledGraph {
  const { site, expansion } = serializer.deserialize(text) as StoredExpansion
  const [node = '', path = ''] = site.split('@')
  const iterations = path === '' ? [] : path.split('.').map(Number)
  return expandGraph(graph, { node: Number(node), path: iterations, isUndecided: () => true }, expansion).graph
}
