import { visitCode } from '../kernel/status-codes.ts'
import type { ResultTable } from './result-table.ts'

/** Ids of the nodes of which a visit ended with this status (a code of `visitCode`), in the order of the graph. */
export function idsWith(table: ResultTable, status: number): string[] {
  const { nodes } = table.graph
  const ids: string[] = []
  for (let node = 0; node < nodes.length; node++) {
    if ((table.seen(node) & (1 << status)) !== 0) ids.push((nodes[node] as { id: string }).id)
  }
  return [...new Set(ids)]
}

const attempted = (1 << visitCode.completed) | (1 << visitCode.failed) | (1 << visitCode.cancelled)

/** Ids of the nodes of which no visit was ever attempted; of a run that has ended, unneeded fallbacks among them. */
export function skippedIds(table: ResultTable): string[] {
  const { nodes, isFallback } = table.graph
  const skipped = new Set<string>()
  for (let node = 0; node < nodes.length; node++) {
    const isSkipped = (table.seen(node) & (1 << visitCode.skipped)) !== 0
    if (isSkipped || (table.hasEnded && isFallback[node] === 1)) skipped.add((nodes[node] as { id: string }).id)
  }
  if (skipped.size === 0) return []
  // Expansions of several iterations may add nodes of the same id.
  for (let node = 0; node < nodes.length; node++) {
    if ((table.seen(node) & attempted) !== 0) skipped.delete((nodes[node] as { id: string }).id)
  }
  return [...skipped]
}

/** Outputs by node id; the record has no prototype. */
export function outputsById(table: ResultTable): Record<string, unknown> {
  const record = Object.create(null) as Record<string, unknown>
  const { nodes } = table.graph
  for (let node = 0; node < nodes.length; node++) {
    if (table.hasOutputAt(node)) record[(nodes[node] as { id: string }).id] = table.outputAt(node)
  }
  return record
}
