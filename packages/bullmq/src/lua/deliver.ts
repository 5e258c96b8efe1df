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
  [runState, dueTimes, batches, journal, inbox, cells, openIndex, dispatches, turn, waiting],
  lua`
if not isKnown then return {false, false} end
local nonce, limitMs, id = take(), take(), take()

local function countsFor(dispatch, token)
  if dispatch.token == token then return true end
  if dispatch.hasRecorded then return false end
  for _, earlier in ipairs(dispatch.earlierTokens or {}) do
    if earlier == token then return true end
  end
  return false
end

local function reject(visit, name, reason)
  if redis.call('HGET', key('outcomes'), '\1' .. visit) ~= id then
    redis.call('HSET', key('outcomes'), '\1' .. visit, id)
    write(ofVisit('outcome.rejected', name, ',"reason":"' .. reason .. '"'))
  end
  return 'rejected'
end

-- An outcome counts if its dispatch is current, and its token is, or was and no later token has recorded anything.
local function judgeOutcome(visit, name, number, token)
  local dispatch = isLive and readDispatch(visit)
  local isOfThis = dispatch and dispatch.dispatch == number and not dispatch.delivered
  if not isOfThis and redis.call('HGET', key('outcomes'), visit) == id then return 'duplicate' end
  if not isLive then return 'rejected' end
  if dispatch and not isOfThis then return reject(visit, name, 'another dispatch is current') end
  if not dispatch or not countsFor(dispatch, token) then return reject(visit, name, 'the visit is not under way') end
  dispatch.delivered = id
  writeDispatch(visit, dispatch)
  redis.call('HSET', key('outcomes'), visit, id)
  clearDue('d:' .. visit)
  return 'accepted', hasLost(dispatch)
end

local function judge(kind, subject, name, number, token)
  if kind == 'outcome' then return judgeOutcome(subject, name, number, token) end
  if redis.call('HEXISTS', key('inbox'), id) == 1 then return 'duplicate' end
  if not isLive then return 'rejected' end
  if kind == 'child' then
    local child = readRecord('children', subject)
    if not child then return 'rejected' end
    if not redis.call('ZSCORE', key('open'), member('c', subject)) then return 'duplicate' end
    settleChild(subject, child)
  end
  return 'accepted'
end

local function accept()
  local kind, event = take(), take()
  local verdict, hasTwins = judge(kind, take(), take(), takeNumber(), take())
  if verdict ~= 'accepted' then return verdict end
  takeInto('HSET', key('values'))
  append(id, hasTwins and string.sub(event, 1, -2) .. ',"hasTwins":true}' or event)
  return verdict
end

local function grantTurn()
  if state.nonce == nonce then return describeTurn(readEvents(tonumber(state.turnEvents))) end
  if state.nonce and tonumber(state.turnDeadline) > now then return false end
  if state.nonce then failTurn('a turn went past its limit') end
  if not isLive or nonce == state.endedNonce or tonumber(state.stalledUntil or 0) > now then return false end
  local events = readEvents()
  if #events == 0 then return false end
  put('nonce', nonce)
  put('fence', tonumber(state.fence or 0) + 1)
  put('turnLimit', limitMs)
  clearInboxDue()
  holdTurn(events)
  return describeTurn(events)
end

local verdict = id ~= '' and accept()
return finish({verdict, nonce ~= '' and grantTurn()}, verdict == 'duplicate')
`,
)
