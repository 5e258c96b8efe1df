import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { CellOverlay } from '../kernel/cell-overlay.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { VisitName } from '../model/visit.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { Definition } from './definitions.ts'

/** A shared value, and the text that it stands for. Never changed: a reducer makes a new value. */
export interface MergedValue {
  readonly text: string
  readonly value: unknown
}

/** What a turn knows of its run while it decides. */
export interface TurnView {
  readonly run: RunRef
  readonly definition: Definition
  readonly graph: CompiledGraph
  readonly cells: CellOverlay
  /** Shared values as they were merged in this turn, by key: a large one is not read from its text for each outcome that adds to it. */
  readonly merged: Map<string, MergedValue>
  readonly onFailure: FailurePolicy
  /** How deep the run is nested in others: 0 for a run without a parent. */
  readonly depth: number
  /** Visits that were claimed when all cells were fetched: a run that is stopped cancels them. */
  readonly claimed: readonly { readonly visit: VisitName; readonly attempt: number }[]
}
