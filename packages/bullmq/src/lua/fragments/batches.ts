import { lua } from '../define-script.ts'

/**
 * Lists of any length: Lua's `unpack` fails with some thousand values, so no command is called with more than 1,000.
 *
 * `take…` read the arguments of the script one after the other, from `at` on; a list is its length and its items.
 */
export const batches: string = lua`
local at = 3

local function take()
  at = at + 1
  return ARGV[at - 1]
end

local function takeNumber()
  return tonumber(take())
end

local function takeList()
  local list, count = {}, takeNumber()
  for place = 1, count do list[place] = ARGV[at + place - 1] end
  at = at + count
  return list
end

-- Calls a command with the next list as its arguments.
local function takeInto(command, name)
  local last = at + takeNumber()
  while at <= last do
    local to = math.min(at + 999, last)
    redis.call(command, name, unpack(ARGV, at, to))
    at = to + 1
  end
end

-- Collects arguments of a command: call it with them, and with none at the end.
local function batch(command, name)
  local arguments = {}
  return function(one, other)
    if one ~= nil then
      arguments[#arguments + 1] = one
      arguments[#arguments + 1] = other
    end
    if #arguments >= 1000 or (one == nil and #arguments > 0) then
      redis.call(command, name, unpack(arguments))
      arguments = {}
    end
  end
end

local function readFields(name, fields)
  local found = {}
  for from = 1, #fields, 1000 do
    local values = redis.call('HMGET', name, unpack(fields, from, math.min(from + 999, #fields)))
    for place = 1, #values do found[from + place - 1] = values[place] end
  end
  return found
end
`
