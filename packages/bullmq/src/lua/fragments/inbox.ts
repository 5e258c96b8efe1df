import { lua } from '../define-script.ts'

/**
 * The inbox: events by id, each the JSON list of the cells that it touches, a line break, and the event as JSON without that list; and
 * a sorted set with the order in which they came.
 */
export const inbox: string = lua`
local function inboxSize()
  return redis.call('ZCARD', key('order'))
end

-- Puts an event into the inbox and makes the run due now; the holder of a turn will see it.
local function append(id, event)
  redis.call('HSET', key('inbox'), id, event)
  redis.call('ZADD', key('order'), nextPlace(), id)
  if state.isAwaiting then put('isAwaiting', nil) end
  if not state.nonce then setDue('inbox', math.max(now, tonumber(state.stalledUntil or 0))) end
end
`
