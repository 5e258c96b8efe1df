import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { CellOverlay } from '../kernel/cell-overlay.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { ClaimedVisit, RunRef } from '../ports/run-records.ts'
import { claimNames, inputNames, undoneOf, type ClaimNames } from './claim-names.ts'
import { cellsOfOutcome, nodeIndex, visitOf } from './locate-visit.ts'
import { MapInputCache } from './map-inputs.ts'

/** What a claim asks for: names for its inputs, and of the cells that its outcome is expected to touch. */
export interface AskedNames extends ClaimNames {
  readonly touches: readonly string[]
}

const noNames: AskedNames = { cells: [], values: [], touches: [] }

/** The names that a claim asks for, as far as the graph is known here. */
export function namesFor(graph: CompiledGraph, name: VisitName): AskedNames {
  if (nodeIndex(graph, name.insteadOf ?? name.nodeId, name.iteration) === undefined) return noNames
  const visit = visitOf({ graph, cells: new CellOverlay(), frames: new Map() }, name, 1)
  const touches = name.compensates === true ? [] : cellsOfOutcome(graph, visit, { status: 'completed' }, 0)
  return { ...claimNames(graph, visit, name), touches }
}

/** Adds to a claim what it could not ask for. */
export class ClaimedInputs {
  private readonly store: ICoordinationStore
  private readonly ofMaps: MapInputCache

  constructor(store: ICoordinationStore) {
    this.store = store
    this.ofMaps = new MapInputCache(store)
  }

  /**
   * The claim with all inputs of its visit.
   *
   * @param graph the graph of the run as the claim told it
   * @param known the graph for which the claim asked: without an expansion that was not known here
   */
  async complete(
    run: RunRef,
    visit: VisitName,
    claim: ClaimedVisit,
    { graph, known }: { readonly graph: CompiledGraph; readonly known: CompiledGraph },
  ): Promise<ClaimedVisit> {
    const asked = graph === known ? claim : await this.withNames(run, claim, namesFor(graph, visit))
    return visit.item === undefined ? asked : this.withMapInputs(run, graph, visit, asked)
  }

  private async withNames(run: RunRef, claim: ClaimedVisit, names: ClaimNames): Promise<ClaimedVisit> {
    const { store } = this
    const [cells, values] = await Promise.all([store.readCells(run, names.cells), store.readValues(run, names.values)])
    return { ...claim, cells: { ...claim.cells, ...cells }, values: { ...claim.values, ...values } }
  }

  /** Adds what the items of a map have in common. */
  private async withMapInputs(
    run: RunRef,
    graph: CompiledGraph,
    visit: VisitName,
    claim: ClaimedVisit,
  ): Promise<ClaimedVisit> {
    const { item: _item, ...map } = undoneOf(visit)
    const names = inputNames(graph, visitOf({ graph, cells: new CellOverlay(), frames: new Map() }, map, 1), map)
    const { cells, values } = await this.ofMaps.get(run, visitKey(map), names)
    return { ...claim, cells: { ...cells, ...claim.cells }, values: { ...values, ...claim.values } }
  }
}
