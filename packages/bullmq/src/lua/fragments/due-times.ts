import { lua } from '../define-script.ts'

/**
 * When what of a run has to be looked at: a sorted set of `deadline`, `d:<visit>`, `t:<timer>`, `w:<wait>` and `m:<message>`; and in the
 * run itself the end of its turn and `inboxAt`, from when on its inbox waits for somebody.
 *
 * The earliest of them is the run's place in the due index of its partition, or a time before that: `placedAt` is where it stands, and a
 * script moves it only to an earlier time, or puts it there if it has been taken. Whoever takes due runs looks at their own times.
 *
 * `finish(reply)` ends a script that changed a run. Its answer begins with the time that the index of partitions has to be told, or
 * false: that index is in another slot, so the client tells it. `told` is the time that it was told last, so that it is told only of
 * earlier ones; and once more when a command comes again, whose first answer may be lost.
 */
export const dueTimes: string = lua`
local earliest

local function noteDue(at)
  if not earliest or at < earliest then earliest = at end
end

local function setDue(id, at)
  redis.call('ZADD', key('due'), at, id)
  noteDue(tonumber(at))
end

local function clearDue(id)
  redis.call('ZREM', key('due'), id)
end

-- From when on the inbox waits for somebody, unless there is a turn.
local function setInboxDue(at)
  put('inboxAt', at)
end

local function clearInboxDue()
  if state.inboxAt then put('inboxAt', nil) end
end

local function nextDue()
  local at = tonumber(redis.call('ZRANGE', key('due'), 0, 0, 'WITHSCORES')[2])
  local function sooner(time)
    if time and (not at or tonumber(time) < at) then at = tonumber(time) end
  end
  sooner(state.nonce and state.turnDeadline)
  sooner(state.inboxAt)
  return at and string.format('%.0f', at) or false
end

-- The earliest time that this script has set; without a place in the index, whatever is the next.
local function timeToPlace()
  if not state.placedAt then return nextDue() end
  local at = math.min(earliest or math.huge, tonumber(state.nonce and state.turnDeadline or math.huge),
    tonumber(state.inboxAt or math.huge))
  return at < tonumber(state.placedAt) and string.format('%.0f', at)
end

local function placeInIndex()
  local at = timeToPlace()
  if not at then return false end
  redis.call('ZADD', partition .. ':due', at, runId)
  put('placedAt', at)
  local told = redis.call('GET', partition .. ':told')
  if told and tonumber(told) <= tonumber(at) then return false end
  redis.call('SET', partition .. ':told', at)
  return at
end

local function timeTold()
  return redis.call('GET', partition .. ':told')
end

local function finish(reply, isRepeated)
  local told = placeInIndex()
  save()
  return {told or isRepeated and timeTold() or false, reply}
end
`
