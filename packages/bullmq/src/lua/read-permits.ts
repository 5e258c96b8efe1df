import { permits } from './fragments/permits.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Reads what is known of a key.
 *
 * ARGV, after the key: dispatch · most holders to name. Reply: false if nothing is known, else: most at a time or false · most in a window or
 * false · its length in ms or false · holders (since and job as JSON, in turn) · how many there are · how many wait · since when the
 * dispatch waits, or false · when the rate lets the next one begin, or false.
 */
export const readPermitsScript: RedisScript = defineRunScript(
  'read-permits',
  [permits],
  lua`
if redis.call('EXISTS', key('limit')) == 0 then return {false, false} end
readLimit()
local limit = redis.call('HMGET', key('limit'), 'concurrency', 'max', 'perMs')
local held = redis.call('ZRANGE', key('held'), '(' .. now, '+inf', 'BYSCORE', 'LIMIT', 0, tonumber(ARGV[3]))
local holders = {}
for _, id in ipairs(held) do
  local since, job = string.match(redis.call('HGET', key('holders'), id), '^[^\n]*\n(%d+)\n(.*)$')
  holders[#holders + 1] = since
  holders[#holders + 1] = job
end
local waiter = readWaiter(ARGV[2])
local began = redis.call('ZRANGE', key('starts'), '(' .. (now - perMs), '+inf', 'BYSCORE', 'WITHSCORES')
local opensAt = #began / 2 >= max and string.format('%.0f', tonumber(began[2]) + perMs)
return {false, {
  limit[1], limit[2], limit[3], holders, redis.call('ZCOUNT', key('held'), '(' .. now, '+inf'),
  redis.call('HLEN', key('waiters')), waiter and waiter.since or false, opensAt or false,
}}
`,
  { isReadOnly: true },
)
