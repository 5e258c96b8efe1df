import { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import {
  itemBlockName,
  itemsCellName,
  runCellName,
  sharedCellName,
  undoCellName,
  visitCellName,
} from '../kernel/cell-names.ts'
import { cellsAround, cellsOfRegion } from '../kernel/cell-reach.ts'
import { NamedFrame, type NamedRun } from '../kernel/named-frame.ts'
import { CompensationVisit, Visit } from '../kernel/visit.ts'
import type { RunStateCell } from '../model/cell.ts'
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
  const named = new Visit(node, NamedFrame.at(run, replaced === -1 ? node : replaced, iteration), item, replaced)
  const visit = name.compensates === true ? new CompensationVisit(named, undefined) : named
  visit.attempt = attempt
  return visit
}

/** The cell of the visit and that of the run: what going on after a suspension touches. */
export function cellsOfVisit(graph: CompiledGraph, visit: Visit): string[] {
  if (visit instanceof CompensationVisit) return [runCellName]
  return [runCellName, visitCellName(graph, visit.routes, visit.frame.path)]
}

/** The cells that the outcome of an attempt to undo a visit touches: those of that visit and of the next one to be undone. */
export function cellsOfUndo(run: RunStateCell | null | undefined, outcome: StoredOutcome): string[] {
  const { undoable = 0 } = run ?? {}
  const places = [undoable - 1, undoable - 2].filter((place) => place >= 0)
  return [runCellName, ...places.map(undoCellName), ...sharedCellsOf(outcome)]
}

/** The cells of the shared values that an outcome writes, or was made of. */
function sharedCellsOf(outcome: StoredOutcome): string[] {
  if (outcome.status !== 'completed') return []
  const keys = [...(outcome.writes ?? []).map(({ key }) => key), ...Object.keys(outcome.reads ?? {})]
  return keys.map(sharedCellName)
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
  const cuts = outcome.status === 'completed' && visit.item === -1
  if (cuts) for (const name of cellsOfRegion(graph, visit.routes, path)) names.add(name)
  for (const name of sharedCellsOf(outcome)) names.add(name)
  return [...names]
}
