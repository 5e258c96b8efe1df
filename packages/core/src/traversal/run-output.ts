import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ResultTable } from './result-table.ts'

/** Output of a run: of the node that its policy names, else of the only terminal node, else a record by terminal node id. */
export function runOutput(table: ResultTable): unknown {
  if (table.recorded !== undefined) return table.recorded.output
  const { graph } = table
  const named = graph.blueprint.policy?.output
  if (named !== undefined) return outputOf(table, graph.indexById.get(named))
  const terminal = terminalNodes(graph)
  const [only, second] = terminal
  if (only !== undefined && second === undefined) return outputOf(table, only)
  // A value like any other, as it comes back from storage. No id is `__proto__`.
  const record: Record<string, unknown> = {}
  for (const node of terminal) {
    if (table.hasOutputAt(node)) record[(graph.nodes[node] as { id: string }).id] = table.outputAt(node)
  }
  return record
}

function outputOf(table: ResultTable, node: number | undefined): unknown {
  return node !== undefined && table.hasOutputAt(node) ? table.outputAt(node) : undefined
}

/** Nodes of the blueprint without outgoing edges, fallback nodes apart. An edge back to the node itself does not count. */
export function terminalNodes(graph: CompiledGraph): number[] {
  const terminal: number[] = []
  for (let node = 0; node < graph.blueprint.nodes.length; node++) {
    if (graph.isFallback[node] === 1) continue
    let leads = false
    for (let at = graph.outStart[node] as number; at < (graph.outStart[node + 1] as number) && !leads; at++) {
      leads = graph.edgeTarget[graph.outEdges[at] as number] !== node
    }
    if (!leads) terminal.push(node)
  }
  return terminal
}
