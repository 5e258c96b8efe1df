import { lua } from '../define-script.ts'

/**
 * Timers, waits and child runs by id, as JSON. All have `place`, their order, and `visit`, the key of the visit that they belong to.
 * Prepared by who opened them: `event`, the id of the event that their end makes; `head`, that event up to what ended it; `cancelled`,
 * the journal's entry about it if nobody waits any more.
 *
 * - timers: `head` is the whole event; `cancelled` is absent for one that is not told.
 * - waits: `name`, `status`, `wait` (as JSON, while open), `deadline`, `answeredBy`. One that is over keeps what questions need.
 *   The field of character 1 and a name has the id of the wait of that name that was opened last.
 * - children: `of`, the visit as JSON, and `call`. One is open as long as it is in the open index.
 */
export const waiting: string = lua`
local function readRecord(name, id)
  local text = redis.call('HGET', key(name), id)
  return text and cjson.decode(text) or nil
end

local function endTimer(id, timer)
  redis.call('HDEL', key('timers'), id)
  forget('v', timer.visit, 't', id)
  clearDue('t:' .. id)
end

local function fireTimer(id)
  local timer = readRecord('timers', id)
  if not timer then return end
  endTimer(id, timer)
  append(timer.event, timer.head)
end

-- Ends an open wait.
local function closeWait(id, wait, status)
  forget('v', wait.visit, 'w', id)
  forget('n', wait.name, id)
  clearDue('w:' .. id)
  redis.call('HSET', key('waits'), id, cjson.encode({
    name = wait.name, status = status, place = wait.place, event = wait.event, answeredBy = wait.answeredBy,
  }))
end

local function endWait(id, wait, status, resumption)
  closeWait(id, wait, status)
  append(wait.event, wait.head .. resumption .. '}')
end

local function expireWait(id)
  local wait = readRecord('waits', id)
  if wait and wait.status == 'open' then endWait(id, wait, 'expired', '{"type":"timed-out"}') end
end

local function passDeadline()
  local limit = redis.call('HGET', run, 'deadlineMs')
  append('deadline', '[]\n{"id":"deadline","type":"deadline","deadlineMs":' .. limit .. '}')
end

local function settleChild(id, child)
  forget('c', id)
  forget('v', child.visit, 'c', id)
end
`
