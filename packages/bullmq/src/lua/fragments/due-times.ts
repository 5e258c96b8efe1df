import { lua } from '../define-script.ts'

/**
 * When what of a run has to be looked at: a sorted set of `turn`, `inbox`, `deadline`, `d:<visit>`, `t:<timer>`, `w:<wait>` and
 * `m:<message>`. The earliest of them is the run's place in the due index of its partition.
 *
 * `finish(reply)` ends a script that changed a run. Its answer begins with the time that the index of partitions has to be told, or
 * false: that index is in another slot, so the client tells it. `told` is the time that it was told last, so that it is told only of
 * earlier ones; and once more when a command comes again, whose first answer may be lost.
 */
export const dueTimes: string = lua`
local function setDue(id, at)
  redis.call('ZADD', key('due'), at, id)
end

local function clearDue(id)
  redis.call('ZREM', key('due'), id)
end

local function nextDue()
  return redis.call('ZRANGE', key('due'), 0, 0, 'WITHSCORES')[2] or false
end

local function placeInIndex()
  local at = nextDue()
  if not at then
    redis.call('ZREM', partition .. ':due', runId)
    return false
  end
  redis.call('ZADD', partition .. ':due', at, runId)
  local told = redis.call('GET', partition .. ':told')
  if told and tonumber(told) <= tonumber(at) then return false end
  redis.call('SET', partition .. ':told', at)
  return at
end

local function timeTold()
  return redis.call('GET', partition .. ':told')
end

local function finish(reply, isRepeated)
  save()
  return {placeInIndex() or isRepeated and timeTold() or false, reply}
end
`
