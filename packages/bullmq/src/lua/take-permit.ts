import { asking } from './fragments/asking.ts'
import { permits } from './fragments/permits.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes a permit of a key, or waits for one. The same token again answers the same and counts once.
 *
 * ARGV, after the key: dispatch · token · lease in ms · most at a time or '' · most in a window or '' · its length in ms or '' · job as JSON.
 *
 * Reply: `taken` or `waiting` · jobs as JSON · the time at which somebody must look again, or false.
 */
export const takePermitScript: RedisScript = defineRunScript(
  'take-permit',
  [permits, asking],
  lua`
if holder == token then
  redis.call('ZADD', key('held'), now + leaseMs, id)
  return finish({'taken', {}}, true)
end
local jobs = {}
wake(jobs, id)
local known = readWaiter(id)

-- Those who were woken, are on their way, and came before.
local function comingBefore()
  local woken = redis.call('ZRANGE', key('woken'), 0, -1)
  local count = 0
  for _, other in ipairs(woken) do
    if other ~= id and (not known or readWaiter(other).ticket < known.ticket) then count = count + 1 end
  end
  return count
end

local free = room()
if not holder and free > 0 and (free > redis.call('ZCARD', key('woken')) or free > comingBefore()) then
  forget(id)
  hold(id, token, now, leaseMs, job)
  if max ~= math.huge then redis.call('ZADD', key('starts'), now, token) end
  return finish({'taken', jobs})
end
local ticket = known and known.ticket or redis.call('HINCRBY', key('limit'), 'tickets', 1)
redis.call('ZREM', key('woken'), id)
local waiter = {wakes = 0, ticket = ticket, since = known and known.since or now, job = job}
writeWaiter(id, waiter)
letWait(id, waiter)
wake(jobs, false)
return finish({'waiting', jobs}, known ~= nil)
`,
)
