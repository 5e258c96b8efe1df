import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes out the partitions of which a run is due. They are put back, with the time of their next run, once they were looked at.
 *
 * KEYS: 1 the index of partitions · 2 the last request. ARGV: 1 most partitions · 2 request id. Reply: partitions · ms until the next one, or
 * false. The last request that is sent again answers the same partitions.
 */
export const takePartitionsScript: RedisScript = defineScript(
  'take-partitions',
  lua`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local taken = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
if #taken > 0 then
  redis.call('ZREM', KEYS[1], unpack(taken))
  redis.call('HSET', KEYS[2], 'request', ARGV[2], 'taken', cjson.encode(taken))
elseif redis.call('HGET', KEYS[2], 'request') == ARGV[2] then
  taken = cjson.decode(redis.call('HGET', KEYS[2], 'taken'))
end
local nextAt = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
return {taken, nextAt and math.max(0, tonumber(nextAt) - now)}
`,
)
