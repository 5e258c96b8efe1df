import { lua } from '../define-script.ts'

/** Visits that were cut off, and visits that are taken back because the run stops. */
export const cutOff: string = lua`
local function cancelTimers(ids)
  for _, timer in ipairs(readInOrder('timers', ids)) do
    endTimer(timer.id, timer)
    if timer.cancelled then write(timer.cancelled) end
  end
end

local function cancelWaits(ids)
  for _, wait in ipairs(readInOrder('waits', ids)) do
    closeWait(wait.id, wait, 'cancelled')
    write(wait.cancelled)
  end
end

-- Ends the dispatches of visits, and what they wait for; answers the messages that cancel child runs.
local function cutOffVisits(visits)
  local ids = {t = {}, w = {}, c = {}}
  for _, visit in ipairs(visits) do
    local dispatch = readDispatch(visit)
    if dispatch and (dispatch.token or hasLost(dispatch)) then
      redis.call('HSET', key('cutOff'), visit, dispatch.visit)
    end
    dropDispatch(visit)
    for type, found in pairs(ids) do
      for _, id in ipairs(openBelow('v', visit, type)) do found[#found + 1] = id end
    end
  end
  cancelTimers(ids.t)
  cancelWaits(ids.w)
  local messages = {}
  for _, child in ipairs(readInOrder('children', ids.c)) do
    settleChild(child.id, child)
    dropMessage('start/' .. child.id)
    messages[#messages + 1] = cancelChild(child.id)
  end
  return messages
end

local function jsonList(texts)
  return '[' .. table.concat(texts, ',') .. ']'
end

-- Takes back what nobody has claimed; what is claimed is attempted for the last time.
local function recallVisits(visits)
  local unstarted, lost, touches, isNamed = {}, {}, {}, {}
  for _, visit in ipairs(visits) do
    local dispatch = readDispatch(visit)
    if dispatch and dispatch.token then
      dispatch.isLast = true
      writeDispatch(visit, dispatch)
    elseif dispatch then
      unstarted[#unstarted + 1] = dispatch.visit
      if hasLost(dispatch) then lost[#lost + 1] = dispatch.visit end
      for _, name in ipairs(cjson.decode(dispatch.touches)) do
        if not isNamed[name] then touches[#touches + 1] = cjson.encode(name) end
        isNamed[name] = true
      end
      dropDispatch(visit)
    end
  end
  append('recalled', jsonList(touches) .. '\n{"id":"recalled","type":"recalled","unstarted":' .. jsonList(unstarted)
    .. ',"lost":' .. jsonList(lost) .. ',"cutOff":' .. jsonList(redis.call('HVALS', key('cutOff'))) .. '}')
end
`
