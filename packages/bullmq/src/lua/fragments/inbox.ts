import { lua } from '../define-script.ts'

/**
 * The inbox: events by id, each the JSON list of the cells that it touches, a line break, and the event as JSON without that list; and
 * a sorted set with the order in which they came. The run knows how many there are.
 */
export const inbox: string = lua`
local lastEvent

local function inboxSize()
  return tonumber(state.inboxCount or 0)
end

-- Puts an event into the inbox and makes the run due now; the holder of a turn will see it.
local function append(id, event)
  redis.call('HSET', key('inbox'), id, event)
  redis.call('ZADD', key('order'), nextPlace(), id)
  put('inboxCount', inboxSize() + 1)
  lastEvent = event
  if state.isAwaiting then put('isAwaiting', nil) end
  if not state.nonce then setInboxDue(math.max(now, tonumber(state.stalledUntil or 0))) end
end
`
