import { lua } from '../define-script.ts'

/** Events that come to a run: whether they count, and who gets the turn that they make necessary. */
export const accepting: string = lua`
local function countsFor(dispatch, token)
  if dispatch.token == token then return true end
  if dispatch.hasRecorded then return false end
  for _, earlier in ipairs(dispatch.earlierTokens or {}) do
    if earlier == token then return true end
  end
  return false
end

local function reject(id, visit, name, reason)
  if redis.call('HGET', key('outcomes'), '\1' .. visit) ~= id then
    redis.call('HSET', key('outcomes'), '\1' .. visit, id)
    write(ofVisit('outcome.rejected', name, ',"reason":"' .. reason .. '"'))
  end
  return 'rejected'
end

-- An outcome counts if its dispatch is current, and its token is, or was and no later token has recorded anything.
local function judgeOutcome(id, visit, name, number, token)
  local dispatch = isLive and readDispatch(visit)
  local isOfThis = dispatch and dispatch.dispatch == number and not dispatch.delivered
  if not isOfThis and redis.call('HGET', key('outcomes'), visit) == id then return 'duplicate' end
  if not isLive then return 'rejected' end
  if dispatch and not isOfThis then return reject(id, visit, name, 'another dispatch is current') end
  if not dispatch or not countsFor(dispatch, token) then return reject(id, visit, name, 'the visit is not under way') end
  dispatch.delivered = id
  writeDispatch(visit, dispatch)
  redis.call('HSET', key('outcomes'), visit, id)
  clearDue('d:' .. visit)
  return 'accepted', hasLost(dispatch)
end

local function judge(id, kind, subject, name, number, token)
  if kind == 'outcome' then return judgeOutcome(id, subject, name, number, token) end
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

-- Puts an event into the inbox if it counts, with the values that come next among the arguments.
local function accept(id, kind, event, subject, name, number, token)
  local verdict, hasTwins = judge(id, kind, subject, name, number, token)
  if verdict ~= 'accepted' then return verdict end
  takeInto('HSET', key('values'))
  append(id, hasTwins and string.sub(event, 1, -2) .. ',"hasTwins":true}' or event)
  return verdict
end

local function grantTurn(nonce, limitMs)
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
`
