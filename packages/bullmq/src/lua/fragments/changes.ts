import { lua } from '../define-script.ts'

/**
 * Everything that a turn has decided, as a commit or a settlement brings it. First lists: handled event ids · cells (name and JSON in
 * turn) · shared values (the same) · values (name and text in turn) · journal entries, in which the character 1 around a number stands for
 * the time so many ms from now · expansions · failures · visits whose dispatch is dropped · waits, timers and children that ended. Then
 * what begins, each a count and fields:
 *
 * - waits: id, visit key, name, time limit in ms or '', record
 * - the end of the run, 0 or 1: status, name of the output or '', what the parent is told, list of journal entries
 * - dispatches: visit key, delay in ms, record
 * - timers: id, visit key, delay in ms, record
 * - children: id, visit key, record
 * - messages: id, type, message
 *
 * and: list of visits that are cut off · '1' and a list of visits to recall, or '0'. Records are JSON objects that lack their first fields.
 *
 * `applyChanges` writes them, and answers: place of the first journal entry, time, definition hash, number before that of the first
 * dispatch, due time or false, 1 if the run has ended, messages, turn or false. `isCommitted` tells whether
 * it is one of the last four commits, and `repeatCommit` answers the same for it.
 */
export const changes: string = lua`
local firstSeq

local function takeEntries()
  local entries = takeList()
  for place, entry in ipairs(entries) do
    if string.find(entry, '\1', 1, true) then
      entry = string.gsub(entry, '\1(%d+)\1', function(ms) return string.format('%.0f', now + tonumber(ms)) end)
    end
    entries[place] = now .. ' ' .. entry
  end
  for from = 1, #entries, 1000 do
    local to = math.min(from + 999, #entries)
    local size = redis.call('RPUSH', key('journal'), unpack(entries, from, to))
    firstSeq = firstSeq or size - (to - from)
  end
  firstSeq = firstSeq or redis.call('LLEN', key('journal')) + 1
end

-- Events that were handled leave the inbox; those that are settled at once were never in it.
local function takeHandled(isHeld)
  local handled = takeList()
  if not isHeld then return end
  local dropped = 0
  for from = 1, #handled, 1000 do
    local to = math.min(from + 999, #handled)
    redis.call('HDEL', key('inbox'), unpack(handled, from, to))
    dropped = dropped + redis.call('ZREM', key('order'), unpack(handled, from, to))
  end
  local left = inboxSize() - dropped
  put('inboxCount', left > 0 and left or nil)
end

local function takeEnded()
  for _, id in ipairs(takeList()) do
    local wait = readRecord('waits', id)
    if wait and wait.status == 'open' then closeWait(id, wait, 'cancelled') end
  end
  for _, id in ipairs(takeList()) do
    local timer = readRecord('timers', id)
    if timer then endTimer(id, timer) end
  end
  for _, id in ipairs(takeList()) do
    local child = readRecord('children', id)
    if child then settleChild(id, child) end
  end
end

local function takeWaits()
  for _ = 1, takeNumber() do
    local id, visit, title, timeoutMs, record = take(), take(), take(), take(), take()
    local known = readRecord('waits', id)
    local fields = '{"status":"open","place":' .. (known and known.place or nextPlace()) .. ','
    if timeoutMs ~= '' then
      local deadline = string.format('%.0f', now + tonumber(timeoutMs))
      fields = fields .. '"deadline":' .. deadline .. ','
      setDue('w:' .. id, deadline)
    end
    redis.call('HSET', key('waits'), id, fields .. string.sub(record, 2))
    if not known then redis.call('HSET', key('waits'), '\1' .. title, id) end
    note('v', visit, 'w', id)
    note('n', title, id)
  end
end

local function takeTimers()
  for _ = 1, takeNumber() do
    local id, visit, delayMs, record = take(), take(), takeNumber(), take()
    redis.call('HSET', key('timers'), id, '{"place":' .. nextPlace() .. ',' .. string.sub(record, 2))
    note('v', visit, 't', id)
    setDue('t:' .. id, now + delayMs)
  end
end

local function takeChildren()
  for _ = 1, takeNumber() do
    local id, visit, record = take(), take(), take()
    redis.call('HSET', key('children'), id, '{"place":' .. nextPlace() .. ',' .. string.sub(record, 2))
    note('v', visit, 'c', id)
    note('c', id)
  end
end

local function takeMessages()
  local messages = {}
  for place = 1, takeNumber() do messages[place] = {id = take(), type = take(), text = take()} end
  return messages
end

-- Tells once that only something external can move the run.
local function noteAwaiting()
  if not isLive or state.isAwaiting then return end
  for _, records in ipairs({'dispatches', 'timers', 'messages'}) do
    if redis.call('HLEN', key(records)) > 0 then return end
  end
  if inboxSize() > 0 or isAnyBelow('c') then return end
  local ids = {}
  for _, found in ipairs(openBelow('n')) do ids[#ids + 1] = string.match(found, '\1(.*)$') end
  if #ids == 0 then return end
  put('isAwaiting', 1)
  local names = {}
  for _, wait in ipairs(readInOrder('waits', ids)) do names[#names + 1] = wait.id end
  write('{"fact":{"type":"run.awaiting","waits":' .. cjson.encode(names) .. '}}')
end

-- The replies of the last commits are kept, each in the place of its revision and apart from the turn, which is told as it was: only its
-- holder could change it.
local function placeOf(revision)
  return tonumber(revision) % 4
end

local function isCommitted(name, revision)
  local names = {state.commit0, state.commit1, state.commit2, state.commit3}
  return names[placeOf(revision) + 1] == name .. '/' .. revision
end

local function repeatCommit(nonce, revision)
  local reply = cjson.decode(redis.call('HGET', run, 'reply' .. placeOf(revision)))
  local goesOn = state.nonce == nonce and tonumber(state.revision) == tonumber(revision) + 1
  reply[8] = goesOn and describeTurn(readEvents(tonumber(state.turnEvents))) or false
  return reply
end

-- Of a run that has ended the last commit alone may still be sent again.
local function forgetCommits(place)
  for other = 0, 3 do
    if other ~= place and state['commit' .. other] then
      put('commit' .. other, nil)
      put('reply' .. other, nil)
    end
  end
end

-- name: nonce of the turn, or of the settlement. isHeld: the turn of this nonce was handed out before, and its events are in the inbox.
local function applyChanges(name, nonce, goOn, isHeld)
  local place = placeOf(state.revision)
  put('commit' .. place, name .. '/' .. state.revision)
  put('writtenBy', name)
  put('revision', tonumber(state.revision) + 1)
  if state.turnFailures then put('turnFailures', nil) end
  if state.stalledBy then put('stalledBy', nil) end
  if state.stalledUntil then put('stalledUntil', nil) end
  takeHandled(isHeld)
  takeInto('HSET', key('cells'))
  if ARGV[at] ~= '0' then put('hasShared', 1) end
  takeInto('HSET', key('shared'))
  takeInto('HSET', key('values'))
  takeEntries()
  if ARGV[at] ~= '0' then put('hasExpansions', 1) end
  takeInto('RPUSH', key('expansions'))
  if ARGV[at] ~= '0' then put('hasFailures', 1) end
  takeInto('RPUSH', key('failures'))
  for _, visit in ipairs(takeList()) do dropDispatch(visit) end
  takeEnded()
  takeWaits()

  local messages, before = {}, tonumber(state.dispatched or 0)
  if take() == '1' then
    local status, outputValue, settlement, entries = take(), take(), take(), takeList()
    takeNumber() takeNumber() takeNumber()
    messages = endRun(status, outputValue, settlement, entries, takeMessages())
  else
    before = takeDispatches()
    takeTimers()
    takeChildren()
    local sent = takeMessages()
    for _, message in ipairs(sent) do send(message.id, message.type, message.text) end
    local cancels = cutOffVisits(takeList())
    if take() == '1' then recallVisits(takeList()) end
    for _, message in ipairs(sent) do
      if redis.call('HEXISTS', key('messages'), message.id) == 1 then messages[#messages + 1] = message.text end
    end
    for _, message in ipairs(cancels) do messages[#messages + 1] = message end
  end

  local goesOn = goOn and isLive and inboxSize() > 0 and readEvents()
  if not isHeld then put(goesOn and 'nonce' or 'endedNonce', nonce) end
  if goesOn then
    clearInboxDue()
    holdTurn(goesOn)
  elseif isHeld then
    endTurn()
  end
  noteAwaiting()
  local reply = {firstSeq, now, state.definitionHash, before, nextDue(), isLive and 0 or 1, messages}
  put('reply' .. place, cjson.encode(reply))
  if not isLive then forgetCommits(place) end
  reply[8] = goesOn and describeTurn(goesOn)
  return reply
end
`
