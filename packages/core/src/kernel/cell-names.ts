import type { CompiledGraph, CompiledLoop } from '../graph/compiled-graph.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { nodeId } from './visit.ts'

/** Name of the cell of the run as a whole. */
export const runCellName = 'run'

/** Name of the cell that lists the fallback nodes that were needed. */
export const fallbacksCellName = 'fallbacks'

/** How many items of a map share a cell. */
export const itemsPerBlock = 64

/** `@1.2` for an iteration inside loops, nothing outside. */
function iterationSuffix(path: readonly number[]): string {
  return path.length === 0 ? '' : `@${path.join('.')}`
}

/** Name of the cell of a visit. */
export function visitCellName(graph: CompiledGraph, node: number, path: readonly number[]): string {
  return `v:${nodeId(graph, node)}${iterationSuffix(path)}`
}

/** Name of the cell of a loop that is activated in the iteration `outside`; of what lies outside all loops, the run's. */
export function loopCellName(graph: CompiledGraph, loop: number, outside: readonly number[]): string {
  if (loop === -1) return runCellName
  return `l:${nodeId(graph, (graph.loops[loop] as CompiledLoop).header)}${iterationSuffix(outside)}`
}

/** Name of the cell of a map's items, by `Visit.itemsKey`. */
export function itemsCellName(graph: CompiledGraph, key: number, path: readonly number[]): string {
  return key >= 0
    ? `m:${nodeId(graph, key)}${iterationSuffix(path)}`
    : `m:^${nodeId(graph, -2 - key)}${iterationSuffix(path)}`
}

/** Name of the cell that holds the status of an item. */
export function itemBlockName(itemsCell: string, round: number, item: number): string {
  return `i:${itemsCell.slice(2)}/${round}/${Math.floor(item / itemsPerBlock)}`
}

/** Name of the cell of a visit that would have to be undone, by its place in the order of completion. */
export function undoCellName(place: number): string {
  return `k:${place}`
}

/** Name of the cell of a visit's durable calls. */
export function callsCellName(visit: VisitName): string {
  return `c:${visitKey(visit)}`
}

/** Name of the cell of a shared value. */
export function sharedCellName(key: string): string {
  return `s:${key}`
}
