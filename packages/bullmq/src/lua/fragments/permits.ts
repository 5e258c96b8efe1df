import { maxPermitsAtOnce, maxPermitWakes, permitWakeMs } from '@heddle/core'
import { lua } from '../define-script.ts'

/**
 * What every script on the permits of a key begins with. They are in the partition of the key, whatever runs they are held for: no script
 * touches both. These scripts are put together, and answer, as those on a run.
 *
 * KEYS: 1 the partition. ARGV: 1 the key, any text: it stands at the end of the name of each record.
 *
 * - limit: a hash: `concurrency`, `max`, `perMs`, as the last asker knew them; `tickets`, how many have waited
 * - held: a sorted set of dispatches that hold a permit, by the end of their lease; `holders`: their token, since when, and job, by line
 * - starts: a sorted set of tokens by the time at which their attempts began
 * - waiters: by dispatch how often it was woken, its ticket, since when it waits, and its job, by line
 * - waiting: a sorted set of those that were not woken, by the order in which they will be; `woken`: of the others, by the time until
 *   which a permit is kept for them
 *
 * `finish(reply)` ends a script that changed something; the key is in the due index under a name that no run has.
 */
export const permits: string = lua`
local partition, due = KEYS[1], 'permit/' .. ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local concurrency, max, perMs = math.huge, math.huge, 0

local function key(name)
  return partition .. ':permits:' .. name .. ':' .. ARGV[1]
end

local function readLimit()
  local limit = redis.call('HMGET', key('limit'), 'concurrency', 'max', 'perMs')
  concurrency = limit[1] and tonumber(limit[1]) or math.huge
  max = limit[2] and tonumber(limit[2]) or math.huge
  perMs = limit[3] and tonumber(limit[3]) or 0
end

-- The limit that the asker knows, out of three arguments from here on.
local function takeLimit(from)
  for at, field in ipairs({'concurrency', 'max', 'perMs'}) do
    local value = ARGV[from + at - 1]
    if value == '' then redis.call('HDEL', key('limit'), field) else redis.call('HSET', key('limit'), field, value) end
  end
  readLimit()
end

local function readWaiter(id)
  local text = redis.call('HGET', key('waiters'), id)
  if not text then return nil end
  local wakes, ticket, since, job = string.match(text, '^(%d+)\n(%d+)\n(%d+)\n(.*)$')
  return {wakes = tonumber(wakes), ticket = tonumber(ticket), since = since, job = job}
end

local function writeWaiter(id, waiter)
  local text = table.concat({waiter.wakes, waiter.ticket, waiter.since, waiter.job}, '\n')
  redis.call('HSET', key('waiters'), id, text)
end

-- Those that did not come when they were woken go behind the others.
local function letWait(id, waiter)
  redis.call('ZADD', key('waiting'), waiter.wakes * 1099511627776 + waiter.ticket, id)
end

local function forget(id)
  redis.call('HDEL', key('waiters'), id)
  redis.call('ZREM', key('waiting'), id)
  redis.call('ZREM', key('woken'), id)
end

local function release(id)
  redis.call('ZREM', key('held'), id)
  redis.call('HDEL', key('holders'), id)
end

local function hold(id, token, since, leaseMs, job)
  redis.call('ZADD', key('held'), now + leaseMs, id)
  redis.call('HSET', key('holders'), id, token .. '\n' .. since .. '\n' .. job)
end

local function holderToken(id)
  local text = redis.call('HGET', key('holders'), id)
  return text and string.match(text, '^[^\n]*')
end

-- Ends what has run out: leases, the window of the rate, permits that were kept for somebody who did not come.
local function refresh()
  for _, id in ipairs(redis.call('ZRANGE', key('held'), '-inf', now, 'BYSCORE')) do release(id) end
  redis.call('ZREMRANGEBYSCORE', key('starts'), '-inf', now - perMs)
  for _, id in ipairs(redis.call('ZRANGE', key('woken'), '-inf', now, 'BYSCORE')) do
    redis.call('ZREM', key('woken'), id)
    local waiter = readWaiter(id)
    if waiter and waiter.wakes < ${maxPermitWakes} then letWait(id, waiter) else forget(id) end
  end
end

-- How many more may be under way.
local function places()
  return concurrency - redis.call('ZCARD', key('held'))
end

-- How many may begin now.
local function room()
  return math.min(places(), max - redis.call('ZCARD', key('starts')))
end

-- Wakes those who can go on; adds their jobs, but not that of the one who asks.
local function wake(jobs, asker)
  local left = math.min(room() - redis.call('ZCARD', key('woken')), ${maxPermitsAtOnce})
  local from = 0
  while left > 0 do
    local ids = redis.call('ZRANGE', key('waiting'), from, from + 99)
    if #ids == 0 then return end
    for _, id in ipairs(ids) do
      if left == 0 then return end
      if redis.call('ZSCORE', key('held'), id) then
        from = from + 1
      else
        local waiter = readWaiter(id)
        waiter.wakes = waiter.wakes + 1
        writeWaiter(id, waiter)
        redis.call('ZREM', key('waiting'), id)
        redis.call('ZADD', key('woken'), now + ${permitWakeMs}, id)
        if id ~= asker then jobs[#jobs + 1] = waiter.job end
        left = left - 1
      end
    end
  end
end

local function first(name)
  local found = redis.call('ZRANGE', key(name), 0, 0, 'WITHSCORES')[2]
  return found and tonumber(found)
end

local function rateOpensAt()
  if redis.call('ZCARD', key('starts')) < max then return nil end
  return first('starts') + perMs
end

-- Whether one of those that were not woken could be: not another copy of what is under way.
local function hasSleeper()
  for from = 0, redis.call('ZCARD', key('waiting')), 100 do
    for _, id in ipairs(redis.call('ZRANGE', key('waiting'), from, from + 99)) do
      if not redis.call('ZSCORE', key('held'), id) then return true end
    end
  end
  return false
end

-- When the next one may go on.
local function nextDue()
  local at = first('woken')
  if redis.call('ZCARD', key('waiting')) == 0 then return at end
  local other
  if places() > 0 and rateOpensAt() then other = rateOpensAt()
  elseif room() > redis.call('ZCARD', key('woken')) and hasSleeper() then other = now
  else other = first('held') end
  return at and other and math.min(at, other) or at or other
end

-- A command that comes again tells once more, since its first answer may be lost.
local function finish(reply, isRepeated)
  local at = nextDue()
  reply[#reply + 1] = at and string.format('%.0f', at) or false
  if not at then
    redis.call('ZREM', partition .. ':due', due)
    if redis.call('EXISTS', key('held'), key('waiters'), key('starts')) == 0 then redis.call('DEL', key('limit')) end
    return {false, reply}
  end
  redis.call('ZADD', partition .. ':due', at, due)
  local told = redis.call('GET', partition .. ':told')
  if told and tonumber(told) <= at and not isRepeated then return {false, reply} end
  at = math.min(at, tonumber(told or at))
  redis.call('SET', partition .. ':told', string.format('%.0f', at))
  return {string.format('%.0f', at), reply}
end
`
