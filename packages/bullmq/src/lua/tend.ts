import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { dispatchAgain } from './fragments/dispatch-again.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { outbox } from './fragments/outbox.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { waiting } from './fragments/waiting.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Does what is due of a run: fires timers, expires waits and the deadline, gives attempts whose lease has ended a new dispatch, ends a turn
 * past its limit, answers unclaimed jobs and undelivered messages to send again. At most 500 things at a time; what is left stays due.
 *
 * ARGV, after those of every run: request id · most attempts that may be lost · ms until an unclaimed job is sent again.
 *
 * Reply: false for an unknown run, else incarnation, definition hash, jobs (each: visit key, visit as JSON, dispatch, delay in ms, queue or
 * false, priority or false), messages, 1 if the inbox waits for a turn that nobody holds. A request that is sent again answers the same
 * jobs and messages.
 */
export const tendScript: RedisScript = defineRunScript(
  'tend',
  [runState, dueTimes, batches, journal, inbox, cells, openIndex, dispatches, dispatchAgain, turn, waiting, outbox],
  lua`
if not isKnown then return {false, false} end
local request, maxLost, resendAfterMs = take(), takeNumber(), takeNumber()
local jobs, messages = {}, {}

local function nextResend(resendMs)
  return math.min(60000, math.max(resendAfterMs, resendMs * 2))
end

local function addJob(visit, dispatch)
  jobs[#jobs + 1] = {
    visit, dispatch.visit, dispatch.dispatch, math.max(0, dispatch.notBefore - now), dispatch.queue or false,
    dispatch.priority and tostring(dispatch.priority) or false,
  }
end

local function replaceLost(visit, dispatch)
  -- One that recorded a durable call got further: the attempts that were lost before it count no more.
  local lost = dispatch.hasRecorded and 1 or dispatch.lost + 1
  if lost > maxLost or dispatch.isLast then return tellLost(visit, dispatch, lost) end
  addJob(visit, dispatchAgain(visit, dispatch, lost))
end

local function tendDispatch(visit)
  local dispatch = readDispatch(visit)
  if not dispatch or dispatch.delivered then return end
  if dispatch.token then return replaceLost(visit, dispatch) end
  dispatch.resendMs = nextResend(dispatch.resendMs)
  writeDispatch(visit, dispatch)
  setDue('d:' .. visit, now + dispatch.resendMs)
  addJob(visit, dispatch)
end

local function resendMessage(id)
  local text = redis.call('HGET', key('messages'), id)
  if not text then return end
  local message = readMessage(text)
  local resendMs = nextResend(message.resendMs)
  redis.call('HSET', key('messages'), id, resendMs .. '\n' .. message.place .. '\n' .. message.type .. '\n' .. message.text)
  setDue('m:' .. id, now + resendMs)
  messages[#messages + 1] = message.text
end

if state.nonce and tonumber(state.turnDeadline) <= now then failTurn('a turn went past its limit') end
if tonumber(state.inboxAt or now + 1) <= now then clearInboxDue() end
local tending = {t = fireTimer, w = expireWait, m = resendMessage, d = tendDispatch}
for _, id in ipairs(redis.call('ZRANGE', key('due'), '-inf', now, 'BYSCORE', 'LIMIT', 0, 500)) do
  clearDue(id)
  if id == 'deadline' then
    passDeadline()
  else
    tending[string.sub(id, 1, 1)](string.sub(id, 3))
  end
end

local needsTurn = isLive and not state.nonce and inboxSize() > 0 and tonumber(state.stalledUntil or 0) <= now
-- Somebody is told of the inbox; if it comes to nothing, the next sweep tells again.
if needsTurn then setInboxDue(now + 1000) end

local last = redis.call('HMGET', run, 'lastTend', 'lastTendReply')
if #jobs > 0 or #messages > 0 then
  put('lastTend', request)
  put('lastTendReply', cjson.encode({jobs, messages}))
elseif last[1] == request then
  local reply = cjson.decode(last[2])
  jobs, messages = reply[1], reply[2]
end
return finish({state.incarnation, state.definitionHash, jobs, messages, needsTurn and 1 or 0})
`,
)
