import { lua } from '../define-script.ts'

/** The turn of a run: who holds it is a part of the run's state, and its end is a time in the due index, never a key that expires. */
export const turn: string = lua`
-- The first events of the inbox: so many, or at most 256 of together 1 MiB (and one, however large).
local function readEvents(count)
  if lastEvent and inboxSize() == 1 then return {lastEvent} end
  local ids = redis.call('ZRANGE', key('order'), 0, (count or 256) - 1)
  local events, size = {}, 0
  for from = 1, #ids, 32 do
    for _, event in ipairs(redis.call('HMGET', key('inbox'), unpack(ids, from, math.min(from + 31, #ids)))) do
      size = size + #event
      if not count and #events > 0 and size > 1048576 then return events end
      events[#events + 1] = event
    end
  end
  return events
end

-- How the run stands, with cells by name.
local function describeStanding(names)
  local facts = {state.onFailure, state.workflowId, state.definitionHash, state.parent or false}
  return {
    state.revision, state.writtenBy or '', names, readCells(names), facts,
    state.hasExpansions and redis.call('LRANGE', key('expansions'), 0, -1) or {},
    state.hasFailures and redis.call('LINDEX', key('failures'), 0) or false,
  }
end

-- What a holder is handed: the events, and the cells that they touch.
local function describeTurn(events)
  local names, isNamed = {'run'}, {run = true}
  for _, event in ipairs(events) do
    if string.sub(event, 1, 3) ~= '[]\n' then
      local touched = cjson.decode(string.sub(event, 1, string.find(event, '\n', 1, true) - 1))
      for _, name in ipairs(touched) do
        if not isNamed[name] then
          isNamed[name] = true
          names[#names + 1] = name
        end
      end
    end
  end
  return {state.fence, state.nonce, events, describeStanding(names)}
end

-- Ends the turn; what waits in the inbox is due.
local function endTurn()
  if state.nonce then put('endedNonce', state.nonce) end
  put('nonce', nil)
  if inboxSize() > 0 then
    setInboxDue(math.max(now, tonumber(state.stalledUntil or 0)))
  else
    clearInboxDue()
  end
end

-- Counts a turn that came to nothing; the third one on a revision stalls the run for a time that grows.
local function failTurn(reason)
  local failures = tonumber(state.turnFailures or 0) + 1
  put('turnFailures', failures)
  if failures >= 3 then
    put('stalledBy', reason)
    put('stalledUntil', now + math.min(60000, 1000 * 2 ^ (failures - 3)))
  end
  endTurn()
end

local function holdTurn(events)
  put('turnEvents', #events)
  put('turnDeadline', now + tonumber(state.turnLimit))
end

local function isHolder(fence, nonce, revision)
  return state.nonce == nonce and state.fence == fence and state.revision == revision
end
`
