import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { changes } from './fragments/changes.ts'
import { cutOff } from './fragments/cut-off.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { endRun } from './fragments/end-run.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { outbox } from './fragments/outbox.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { waiting } from './fragments/waiting.ts'

/** The fragments of a script that writes what was decided. */
export const committing: readonly string[] = [
  runState,
  dueTimes,
  batches,
  journal,
  inbox,
  cells,
  openIndex,
  dispatches,
  turn,
  waiting,
  outbox,
  cutOff,
  endRun,
  changes,
]
