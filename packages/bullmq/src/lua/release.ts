import { batches } from './fragments/batches.ts'
import { dispatchAgain } from './fragments/dispatch-again.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Gives up an attempt without an outcome: its visit has a new dispatch at once, and nothing was lost. If the run stops, the visit is not
 * attempted again, which its event `lost` tells.
 *
 * ARGV, after those of every run: visit key · dispatch · token.
 *
 * Reply: `stale` · `dispatched`, definition hash, visit as JSON, dispatch, queue or false, priority or false · `lost`, definition hash, id
 * of the event. The same again, until the new dispatch is claimed, answers the same.
 */
export const releaseScript: RedisScript = defineRunScript(
  'release',
  [runState, dueTimes, batches, journal, inbox, dispatches, dispatchAgain],
  lua`
if not isKnown then return {false, {'stale'}} end
local visit, number, token = take(), takeNumber(), take()
local dispatch = isLive and readDispatch(visit)
if not dispatch then return finish({'stale'}) end

local function answer(again)
  return finish({
    'dispatched', state.definitionHash, again.visit, again.dispatch, again.queue or false,
    again.priority and tostring(again.priority) or false,
  }, true)
end

local event = lostEvent(visit, number)
if dispatch.releasedBy == token and not dispatch.token then return answer(dispatch) end
if dispatch.token == token and dispatch.delivered == event then return finish({'lost', state.definitionHash, event}, true) end
if not isCurrent(dispatch, number, token) then return finish({'stale'}) end
if dispatch.isLast then
  clearDue('d:' .. visit)
  tellLost(visit, dispatch, dispatch.lost + 1)
  return finish({'lost', state.definitionHash, event})
end
return answer(dispatchAgain(visit, dispatch, dispatch.hasRecorded and 0 or dispatch.lost, token))
`,
)
