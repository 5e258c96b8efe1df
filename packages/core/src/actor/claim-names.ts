import { countingEdges, isOnlyWay } from '../execution/inputs/node-input.ts'
import { edgeRoute, type CompiledGraph } from '../graph/compiled-graph.ts'
import { edgeGuard } from '../graph/edge-keys.ts'
import { callsCellName, itemsCellName, loopCellName, runCellName, visitCellName } from '../kernel/cell-names.ts'
import { edgeOrdinal, sourcePath } from '../kernel/cell-reach.ts'
import { nodeId, type Visit } from '../kernel/visit.ts'
import type { VisitName } from '../model/visit.ts'
import { errorValue, failureValue, itemValue, keptInputValue, outputValue, transformedValue } from './value-names.ts'

/** Names of cells and values. */
export interface ClaimNames {
  readonly cells: readonly string[]
  readonly values: readonly string[]
}

/** Names of the values that an edge can carry: what its transform made, else the error or output of its source. */
export function edgeValueNames(graph: CompiledGraph, edge: number, path: readonly number[]): string[] {
  const source: VisitName = { nodeId: nodeId(graph, graph.edgeSource[edge] as number), iteration: path }
  if (graph.edges[edge]?.transform !== undefined) return [transformedValue(source, edgeOrdinal(graph, edge))]
  return [graph.edgeGuards[edge] === edgeGuard.error ? errorValue(source) : outputValue(source)]
}

/**
 * Names of what the inputs of a visit may need: the cells that tell which edges were taken, and the values that they carry. Of an edge
 * that leaves a loop only the loop's cell: it tells of which iteration the value is. Of an edge that must have been taken only the value.
 */
export function inputNames(graph: CompiledGraph, visit: Visit, name: VisitName): ClaimNames {
  const { frame, routes } = visit
  const cells = new Set<string>()
  const values: string[] = []
  const edges = countingEdges(graph, frame, routes)
  const isSure = isOnlyWay(graph, frame, routes, edges)
  for (const edge of edges) {
    const path = sourcePath(graph, edge, frame.path)
    if (graph.edgeRoutes[edge] === edgeRoute.exit) {
      cells.add(loopCellName(graph, graph.edgeLeaves[edge] as number, path))
      continue
    }
    if (!isSure) cells.add(visitCellName(graph, graph.edgeSource[edge] as number, path))
    values.push(...edgeValueNames(graph, edge, path))
  }
  if (visit.insteadOf !== -1) values.push(errorValue(name))
  return { cells: [...cells], values }
}

/** Names of what a claim asks for: of an item only the item itself, since what its map was given is the same for all items. */
export function claimNames(graph: CompiledGraph, visit: Visit, name: VisitName): ClaimNames {
  if (name.compensates === true) return undoNames(graph, visit, name)
  const items = graph.nodes[visit.node]?.uses === 'map' ? [itemsCellName(graph, visit.itemsKey, visit.frame.path)] : []
  const { item, ...map } = name
  const calls = items.length === 0 || item !== undefined ? [callsCellName(name)] : []
  if (item !== undefined) return { cells: [...items, ...calls], values: [itemValue(map, item)] }
  const { cells, values } = inputNames(graph, visit, name)
  return { cells: [...cells, ...items, ...calls], values }
}

/** Names of what undoing a visit needs: the visit's inputs and output, how the run stands, and why it failed. */
function undoNames(graph: CompiledGraph, visit: Visit, name: VisitName): ClaimNames {
  const undone = undoneOf(name)
  const { item, ...map } = undone
  const { cells, values } = inputNames(graph, visit, undone)
  const items = item === undefined ? [] : [itemValue(map, item)]
  return {
    cells: [...cells, runCellName, callsCellName(name)],
    values: [...values, ...items, keptInputValue(undone), outputValue(undone), failureValue],
  }
}

/** The visit that a visit undoes; of every other visit itself. */
export function undoneOf({ compensates: _compensates, ...undone }: VisitName): VisitName {
  return undone
}
