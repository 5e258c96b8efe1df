import type { Undoing } from '../model/cell.ts'
import type { Control } from './control.ts'
import { visitCode } from './status-codes.ts'
import type { UndoLog } from './undo-log.ts'
import { CompensationVisit } from './visit.ts'

/** Begins to undo what completed, once nothing is awaited any more. */
export function undoWhenSettled(control: Control, log: UndoLog, undoing: Undoing): void {
  if (undoing.awaited > 0 || undoing.isRecalling) return
  log.arrange()
  undoNext(control, log, undoing)
}

/** Dispatches the visit that undoes the last one that is left; after all of them the run has failed. */
export function undoNext(control: Control, log: UndoLog, undoing: Undoing): void {
  const entry = log.last()
  if (entry === undefined) {
    control.run.phase = 'failed'
    control.effects.push({ type: 'stop' }, { type: 'settle', status: 'failed' })
    return
  }
  const { isOutcomeKnown } = entry
  control.run.undoing = { ...undoing, status: visitCode.ready, isOutcomeKnown }
  control.dispatch(new CompensationVisit(entry.visit, entry))
}
