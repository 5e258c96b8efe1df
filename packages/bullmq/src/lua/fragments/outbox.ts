import { lua } from '../define-script.ts'

/**
 * Messages to other runs, until they are cleared: by id the time until they are sent again in milliseconds, their order, their type,
 * and the message as JSON, each on a line.
 */
export const outbox: string = lua`
local function send(id, type, message)
  redis.call('HSET', key('messages'), id, '5000\n' .. nextPlace() .. '\n' .. type .. '\n' .. message)
  setDue('m:' .. id, now + 5000)
end

local function dropMessage(id)
  redis.call('HDEL', key('messages'), id)
  clearDue('m:' .. id)
end

local function readMessage(text)
  local resendMs, place, type, message = string.match(text, '^(%d+)\n(%d+)\n([^\n]*)\n(.*)$')
  return {resendMs = tonumber(resendMs), place = tonumber(place), type = type, text = message}
end

-- Tells a child run that it is over; answers the message.
local function cancelChild(id)
  local child = cjson.encode(id)
  local name = cjson.encode('cancel/' .. id)
  local message = '{"id":' .. name .. ',"type":"cancel-child","childRunId":' .. child .. '}'
  send('cancel/' .. id, 'cancel-child', message)
  return message
end
`
