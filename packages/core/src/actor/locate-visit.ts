import { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { itemBlockName, itemsCellName, runCellName, sharedCellName, visitCellName } from '../kernel/cell-names.ts'
import { cellsAround } from '../kernel/cell-reach.ts'
import { NamedFrame, type NamedRun } from '../kernel/named-frame.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { Visit } from '../kernel/visit.ts'
import type { StoredOutcome } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'

/** Index of a node by id, in an iteration: what an expansion added exists in one iteration only. `undefined` if there is none. */
export function nodeIndex(graph: CompiledGraph, id: string, iteration: readonly number[]): number | undefined {
  return graph.indexById.get(id) ?? graph.addedAt.get(`${id}@${iteration.join('.')}`)
}

/**
 * The kernel's visit for a name.
 *
 * @throws HeddleError `UNKNOWN_NODE`
 */
export function visitOf(run: NamedRun, name: VisitName, attempt: number): Visit {
  const { nodeId, iteration, item = -1, insteadOf } = name
  const node = nodeIndex(run.graph, nodeId, iteration)
  const replaced = insteadOf === undefined ? -1 : nodeIndex(run.graph, insteadOf, iteration)
  if (node === undefined || replaced === undefined) {
    throw new HeddleError('UNKNOWN_NODE', `the run has no visit "${visitKey(name)}"`, {
      details: { visit: visitKey(name) },
    })
  }
  const visit = new Visit(node, NamedFrame.at(run, replaced === -1 ? node : replaced, iteration), item, replaced)
  visit.attempt = attempt
  return visit
}

/** The cell of the visit and that of the run: what going on after a suspension touches. */
export function cellsOfVisit(graph: CompiledGraph, visit: Visit): string[] {
  return [runCellName, visitCellName(graph, visit.routes, visit.frame.path)]
}

/**
 * The cells that an outcome touches as long as it spreads no further than to the next joins.
 *
 * @param round how often the map was opened, for the outcome of an item
 */
export function cellsOfOutcome(graph: CompiledGraph, visit: Visit, outcome: StoredOutcome, round: number): string[] {
  const { path } = visit.frame
  const names = new Set(cellsOfVisit(graph, visit))
  const isItems = outcome.status === 'suspended' && outcome.on.type === 'items'
  if (visit.item !== -1 || isItems) {
    const items = itemsCellName(graph, visit.itemsKey, path)
    names.add(items)
    if (visit.item !== -1) names.add(itemBlockName(items, round, visit.item))
  } else if (outcome.status !== 'suspended') for (const name of cellsAround(graph, visit.routes, path)) names.add(name)
  if (outcome.status === 'completed') {
    for (const { key } of outcome.writes ?? []) names.add(sharedCellName(key))
    for (const key of Object.keys(outcome.reads ?? {})) names.add(sharedCellName(key))
  }
  return [...names]
}

/** Status of exactly this visit: of the map item or the fallback, where it is one. */
export function statusOf(visit: Visit): number {
  const { frame, node, item, insteadOf } = visit
  if (item !== -1) return frame.items(visit.itemsKey)?.status(item) ?? visitCode.pending
  return insteadOf === -1 ? frame.status(node) : frame.fallbackStatus(insteadOf)
}
