import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes due runs, and keys of permits (`permit/` and the key), of one partition by moving their time, and finds finished runs that
 * retention lets go.
 *
 * A child run is kept as long as its root, so those of a time are only named: the caller looks whether their parents are there. They are
 * looked at again an hour later. Of tombstones nothing is left after a day: the start that they refuse comes at once or not at all.
 *
 * The index has a run at its next time or earlier, so the run's own times decide, which lie in the slot of its partition.
 *
 * KEYS: 1 the partition. ARGV: 1 most runs · 2 for how long they are taken, in ms · 3 age in ms at which a finished run goes, '' for never ·
 * 4 how many finished runs the partition keeps, '' for any number · 5 age in ms up to which the number does not count · 6 most finished
 * runs to name, 0 to look at none · 7 request id.
 *
 * Reply: ids of runs and permits · ms until the next one is due, or false · the time of that · finished runs · finished child runs. The last
 * request that is sent again answers the same runs.
 */
export const takeDueScript: RedisScript = defineScript(
  'take-due',
  lua`
local partition = KEYS[1]
local due = partition .. ':due'
local limit, holdMs, ageMs, count, graceMs, most = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A run stands in the index at its next time or before it. Puts one that is not due yet into its place.
local function isDue(id)
  if string.sub(id, 1, 7) == 'permit/' then return redis.call('ZADD', due, now + holdMs, id) end
  local run = partition .. ':run:' .. id
  local at = tonumber(redis.call('ZRANGE', run .. ':due', 0, 0, 'WITHSCORES')[2])
  local nonce, turnDeadline, inboxAt = unpack(redis.call('HMGET', run, 'nonce', 'turnDeadline', 'inboxAt'))
  for _, time in ipairs({nonce and tonumber(turnDeadline) or math.huge, tonumber(inboxAt or math.huge)}) do
    at = math.min(at or math.huge, time)
  end
  if at and at <= now then
    redis.call('ZADD', due, now + holdMs, id)
    redis.call('HDEL', run, 'placedAt')
    return true
  end
  if at == math.huge then
    redis.call('ZREM', due, id)
    redis.call('HDEL', run, 'placedAt')
  else
    redis.call('ZADD', due, at, id)
    redis.call('HSET', run, 'placedAt', string.format('%.0f', at))
  end
  return false
end

local taken, isTaken = {}, {}
for _ = 1, 16 do
  local found = redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit - #taken)
  for _, id in ipairs(found) do
    if not isTaken[id] and isDue(id) then
      taken[#taken + 1] = id
      isTaken[id] = true
    end
  end
  if #found == 0 or #taken >= limit then break end
end
if #taken > 0 then
  redis.call('HSET', partition .. ':lastTaken', 'request', ARGV[7], 'taken', cjson.encode(taken))
elseif redis.call('HGET', partition .. ':lastTaken', 'request') == ARGV[7] then
  taken = cjson.decode(redis.call('HGET', partition .. ':lastTaken', 'taken'))
end
local nextAt = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or false
if nextAt then
  redis.call('SET', partition .. ':told', nextAt)
else
  redis.call('DEL', partition .. ':told')
end

local function endedBefore(name, at)
  return redis.call('ZRANGE', partition .. ':' .. name, '-inf', at, 'BYSCORE', 'LIMIT', 0, most)
end

local ended, children = {}, {}
if most ~= '0' then
  if ageMs ~= '' then
    ended = endedBefore('ended', now - tonumber(ageMs))
    children = endedBefore('endedChildren', now - tonumber(ageMs))
    for _, id in ipairs(children) do
      redis.call('ZADD', partition .. ':endedChildren', now - tonumber(ageMs) + 3600000, id)
    end
  end
  if count ~= '' and #ended == 0 then
    local tooMany = redis.call('ZCARD', partition .. ':ended') - tonumber(count)
    if tooMany > 0 then
      local oldest = redis.call('ZRANGE', partition .. ':ended', 0, math.min(tooMany, tonumber(most)) - 1, 'WITHSCORES')
      for at = 1, #oldest, 2 do
        if tonumber(oldest[at + 1]) <= now - graceMs then ended[#ended + 1] = oldest[at] end
      end
    end
  end
  redis.call('ZREMRANGEBYSCORE', partition .. ':tombstones', '-inf', now - 86400000)
end
return {taken, nextAt and math.max(0, tonumber(nextAt) - now), nextAt, ended, children}
`,
)
