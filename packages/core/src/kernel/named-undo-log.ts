import type { RunStateCell, UndoCell } from '../model/cell.ts'
import { runCellName, undoCellName } from './cell-names.ts'
import { MissingCells } from './cell-overlay.ts'
import { NamedFrame, type NamedRun } from './named-frame.ts'
import { undoOrder, type UndoLog } from './undo-log.ts'
import { Visit, type UndoEntry } from './visit.ts'

const pristineRun: RunStateCell = { phase: 'created', live: 0 }

/** The log of a run over named cells: one for each entry, and how many there are in the cell of the run. */
export class NamedUndoLog implements UndoLog {
  readonly seesStarts: boolean = false
  private readonly run: NamedRun

  constructor(run: NamedRun) {
    this.run = run
  }

  private get count(): number {
    return this.run.cells.read<RunStateCell>(runCellName)?.undoable ?? 0
  }

  private set count(count: number) {
    this.run.cells.write<RunStateCell>(runCellName, pristineRun).undoable = count
  }

  add({ node, frame, item, insteadOf }: Visit, isOutcomeKnown: boolean): void {
    const { cells } = this.run
    const name = undoCellName(this.count++)
    cells.assumeAbsent(name)
    const cell = cells.write<UndoCell>(name, { node, path: frame.path })
    if (item !== -1) cell.item = item
    if (insteadOf !== -1) cell.insteadOf = insteadOf
    if (!isOutcomeKnown) cell.unknown = true
  }

  arrange(): void {
    const { cells } = this.run
    const names = Array.from({ length: this.count }, (_, place) => undoCellName(place))
    const missing = names.filter((name) => !cells.has(name))
    if (missing.length > 0) throw new MissingCells(missing)
    const entries = names.map((name, place) => {
      // A copy, since the cells are written over one by one.
      const cell = { ...(cells.read<UndoCell>(name) as UndoCell) }
      return { place, cell, isOutcomeKnown: cell.unknown !== true }
    })
    const ordered = undoOrder(entries, ({ cell: { unknown: _unknown, ...visit } }) => JSON.stringify(visit))
    for (const [place, entry] of ordered.entries()) {
      if (entry.place === place) continue
      const written = cells.write<UndoCell>(undoCellName(place), entry.cell)
      delete written.item
      delete written.insteadOf
      delete written.unknown
      Object.assign(written, entry.cell)
    }
    this.count = ordered.length
  }

  last(): UndoEntry | undefined {
    const { count } = this
    if (count === 0) return undefined
    const {
      node,
      path,
      item,
      insteadOf = -1,
      unknown,
    } = this.run.cells.read<UndoCell>(undoCellName(count - 1)) as UndoCell
    const frame = NamedFrame.at(this.run, insteadOf === -1 ? node : insteadOf, path)
    return { visit: new Visit(node, frame, item, insteadOf), isOutcomeKnown: unknown !== true }
  }

  removeLast(): void {
    this.count--
  }

  requireAll(): void {
    if (!this.run.cells.isComplete) throw new MissingCells('all')
  }
}
