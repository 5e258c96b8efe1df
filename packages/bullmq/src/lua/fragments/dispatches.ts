import { lua } from '../define-script.ts'

/**
 * Dispatches by the key of their visit, as JSON: `dispatch`, `attempt`, `notBefore`, `lost`, `resendMs` (once its job is sent again, twice this passes until the next time), `queue`, `priority`, and as
 * JSON in JSON, which is handed on as it is, `visit`, `touches`, `resumption`, `startEntry`; `releasedBy`, the token of the attempt that
 * was given up, so that there is this dispatch. A claim adds `token`, `leaseUntil`,
 * `startedSeq`, `startedAt`; what comes later `earlierTokens`, `hasRecorded`, `isLast` and `delivered`, the id of the event that
 * brought its outcome.
 */
export const dispatches: string = lua`
local firstResendMs = 5000

local function readDispatch(visit)
  local text = redis.call('HGET', key('dispatches'), visit)
  return text and cjson.decode(text) or nil
end

local function writeDispatch(visit, dispatch)
  redis.call('HSET', key('dispatches'), visit, cjson.encode(dispatch))
end

-- Takes those that begin out of the arguments: their number, and for each visit key, delay in ms, record that lacks its first fields.
-- Answers the number before that of the first one.
local function takeDispatches()
  local before = tonumber(state.dispatched or 0)
  local count = takeNumber()
  local add, addDue = batch('HSET', key('dispatches')), batch('ZADD', key('due'))
  for number = before + 1, before + count do
    local visit, notBefore, record = take(), now + takeNumber(), take()
    add(visit, '{"dispatch":' .. number .. ',"notBefore":' .. string.format('%.0f', notBefore)
      .. ',"lost":0,"resendMs":' .. firstResendMs / 2 .. ',' .. string.sub(record, 2))
    addDue(notBefore + firstResendMs, 'd:' .. visit)
    noteDue(notBefore + firstResendMs)
  end
  add()
  addDue()
  if count > 0 then put('dispatched', before + count) end
  return before
end

local function dropDispatch(visit)
  if redis.call('HDEL', key('dispatches'), visit) == 1 then clearDue('d:' .. visit) end
end

-- Whether it, or one that it repeats, was claimed more than once: nothing is known of what the other attempts did.
local function hasLost(dispatch)
  return dispatch.lost > 0 or dispatch.earlierTokens ~= nil or dispatch.releasedBy ~= nil
end

local function isCurrent(found, dispatch, token)
  return isLive and found and found.dispatch == dispatch and found.token == token and not found.delivered
end
`
