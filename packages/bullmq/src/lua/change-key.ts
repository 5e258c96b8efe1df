import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * The plain keys for orchestrators that users write themselves: a hash with the value, and who set it. Each request has an id, so that
 * one that is sent again answers what it answered: of a counter the last 1,000 requests are known.
 *
 * KEYS: 1 the key · 2 its requests. ARGV: 1 what (increment, set, extend) · 2 request id · 3 time to live in ms · 4 value to set.
 *
 * Reply: of increment the new value, of the others 1 or 0.
 */
export const changeKeyScript: RedisScript = defineScript(
  'change-key',
  lua`
local what, request, ttlMs = ARGV[1], ARGV[2], ARGV[3]
if what == 'extend' then
  redis.call('PEXPIRE', KEYS[2], ttlMs)
  return redis.call('PEXPIRE', KEYS[1], ttlMs)
end
if what == 'set' then
  if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('HGET', KEYS[1], 'by') == request and 1 or 0 end
  redis.call('HSET', KEYS[1], 'value', ARGV[4], 'by', request)
  redis.call('PEXPIRE', KEYS[1], ttlMs)
  return 1
end
local known = redis.call('ZSCORE', KEYS[2], request)
if known then return tonumber(known) end
local isNew = redis.call('EXISTS', KEYS[1]) == 0
local count = redis.call('HINCRBY', KEYS[1], 'value', 1)
if isNew then redis.call('PEXPIRE', KEYS[1], ttlMs) end
redis.call('ZADD', KEYS[2], count, request)
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1001)
redis.call('PEXPIRE', KEYS[2], redis.call('PTTL', KEYS[1]))
return count
`,
)
