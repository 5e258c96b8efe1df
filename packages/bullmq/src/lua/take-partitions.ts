import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes out the partitions of which a run is due. They are put back, with the time of their next run, once they were looked at; those that
 * somebody took and then did not look at, since he died, are handed out again after a time.
 *
 * KEYS: 1 the index of partitions · 2 the last request · 3 who looks at what: partition and request, by the time until which he may. ARGV:
 * 1 most partitions · 2 request id · 3 that time, in ms from now · then what was looked at, as it stands in 3. Reply: partitions, those that
 * nobody looked at first · ms until the next one, or false. The last request that is sent again answers the same partitions.
 */
export const takePartitionsScript: RedisScript = defineScript(
  'take-partitions',
  lua`
local index, request, looking = KEYS[1], ARGV[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for at = 4, #ARGV, 1000 do redis.call('ZREM', looking, unpack(ARGV, at, math.min(at + 999, #ARGV))) end

local taken, isTaken = {}, {}
local function take(partition)
  if not isTaken[partition] then taken[#taken + 1] = partition end
  isTaken[partition] = true
end

local left = redis.call('ZRANGE', looking, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
for _, name in ipairs(left) do take(string.match(name, '^%d+')) end
if #left > 0 then redis.call('ZREM', looking, unpack(left)) end
local due = redis.call('ZRANGE', index, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1] - #taken)
for _, partition in ipairs(due) do take(partition) end
if #due > 0 then redis.call('ZREM', index, unpack(due)) end
for _, partition in ipairs(taken) do redis.call('ZADD', looking, now + ARGV[3], partition .. '/' .. request) end

if #taken > 0 then
  redis.call('HSET', KEYS[2], 'request', request, 'taken', cjson.encode(taken))
elseif redis.call('HGET', KEYS[2], 'request') == request then
  taken = cjson.decode(redis.call('HGET', KEYS[2], 'taken'))
end
local nextAt = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2]
return {taken, nextAt and math.max(0, tonumber(nextAt) - now)}
`,
)
