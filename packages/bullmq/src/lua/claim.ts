import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { claiming } from './fragments/claiming.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes a dispatch if it is current, its time has come and nobody has a lease on it. The same token again answers the same, with a new
 * lease.
 *
 * ARGV, after those of every run: visit key · dispatch · token · lease in ms · lists: cells · values · cells that the outcome is expected
 * to touch, `run` first.
 *
 * Reply: false for an unknown run, else what the fragment answers.
 */
export const claimScript: RedisScript = defineRunScript(
  'claim',
  [runState, dueTimes, batches, journal, inbox, cells, openIndex, dispatches, turn, claiming],
  lua`
if not isKnown then return {false, false} end
return finish(claimVisit(take(), takeNumber(), take(), takeNumber(), takeList(), takeList(), takeList()))
`,
)
