import { lua } from '../define-script.ts'

/**
 * What is open in a run: a sorted set whose members all have the score 0, so that it is ordered by name and a beginning finds them.
 *
 *     v <visit> t|w|c <id>    a timer, wait or child run of a visit
 *     n <name> <wait>         an open wait of this name
 *     c <child>               a child run that has not settled
 *     s <visit> <step>        a recorded step of a visit
 *
 * with the character 1 between the parts, which no name has.
 */
export const openIndex: string = lua`
local function member(...)
  return table.concat({...}, '\1')
end

local function note(...)
  redis.call('ZADD', key('open'), 0, member(...))
end

local function forget(...)
  redis.call('ZREM', key('open'), member(...))
end

-- What follows in the members that begin with these parts.
local function openBelow(...)
  local start = member(...)
  local found = redis.call('ZRANGEBYLEX', key('open'), '[' .. start .. '\1', '(' .. start .. '\2')
  for at, name in ipairs(found) do found[at] = string.sub(name, #start + 2) end
  return found
end

local function isAnyBelow(...)
  local start = member(...)
  return redis.call('ZRANGEBYLEX', key('open'), '[' .. start .. '\1', '(' .. start .. '\2', 'LIMIT', 0, 1)[1] ~= nil
end

-- Records by id, in the order in which they came about; what is not there any more is left out.
local function readInOrder(name, ids)
  local records = {}
  for at, text in ipairs(readFields(key(name), ids)) do
    if text then
      local record = cjson.decode(text)
      record.id = ids[at]
      records[#records + 1] = record
    end
  end
  table.sort(records, function(one, other) return one.place < other.place end)
  return records
end
`
