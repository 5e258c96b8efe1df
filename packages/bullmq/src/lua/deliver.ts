import { accepting } from './fragments/accepting.ts'
import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { waiting } from './fragments/waiting.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Puts an event into the inbox unless it is known or not current, and hands the turn to a caller who can drive it, if it is to be had.
 *
 * A refused event is journalled once, however often it is sent; the nonce of a turn that has ended takes no other one, so a copy of
 * this command that arrives late leaves no turn behind that nobody knows of.
 *
 * ARGV, after those of every run: nonce or '' · turn limit in ms · event id or '' · and with an event: kind (`outcome`, `child`,
 * `other`) · event · its subject (the key of the visit of an outcome, the id of a child run, else '') · visit as JSON · dispatch ·
 * token · list: name and value, in turn.
 *
 * Reply: false for an unknown run, else verdict or false, turn or false.
 */
export const deliverScript: RedisScript = defineRunScript(
  'deliver',
  [runState, dueTimes, batches, journal, inbox, cells, openIndex, dispatches, turn, waiting, accepting],
  lua`
if not isKnown then return {false, false} end
local nonce, limitMs, id = take(), take(), take()
local verdict = id ~= '' and accept(id, take(), take(), take(), take(), takeNumber(), take())
return finish({verdict, nonce ~= '' and grantTurn(nonce, limitMs)}, verdict == 'duplicate')
`,
)
