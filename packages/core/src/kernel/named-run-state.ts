import type { FallbacksCell, RunStateCell, Undoing } from '../model/cell.ts'
import { fallbacksCellName, runCellName } from './cell-names.ts'
import { MissingCells, type CellOverlay } from './cell-overlay.ts'
import type { RunCell } from './control.ts'

const pristineRun: RunStateCell = { phase: 'created', live: 0 }

/** Where a run as a whole stands, over its named cell. */
export class NamedRunState implements RunCell {
  private readonly cells: CellOverlay

  constructor(cells: CellOverlay) {
    this.cells = cells
  }

  get phase(): RunStateCell['phase'] {
    return (this.cells.read<RunStateCell>(runCellName) ?? pristineRun).phase
  }

  /** A run that is stopped before it has ended by itself settles whatever is open: that takes all cells. */
  set phase(phase: RunStateCell['phase']) {
    const cell = this.cells.write<RunStateCell>(runCellName, pristineRun)
    const isStopped = cell.phase === 'live' && cell.ended !== true && phase !== 'completed'
    if (isStopped && !this.cells.isComplete) throw new MissingCells('all')
    cell.phase = phase
  }

  get failed(): boolean {
    return (this.cells.read<RunStateCell>(runCellName) ?? pristineRun).failed === true
  }

  set failed(failed: boolean) {
    this.cells.write<RunStateCell>(runCellName, pristineRun).failed = failed
  }

  get undoing(): Undoing | undefined {
    return (this.cells.read<RunStateCell>(runCellName) ?? pristineRun).undoing
  }

  set undoing(undoing: Undoing | undefined) {
    const cell = this.cells.write<RunStateCell>(runCellName, pristineRun)
    if (undoing === undefined) delete cell.undoing
    else cell.undoing = undoing
  }

  /** A list of its own for this event, which may be changed. */
  get usedFallbacks(): number[] {
    const cell = this.cells.write<FallbacksCell>(fallbacksCellName, { used: [] })
    cell.used = [...cell.used]
    return cell.used
  }
}
