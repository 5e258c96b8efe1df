import { lua } from '../define-script.ts'

/**
 * The journal: a list of texts, each the time, a space, and the entry as JSON. An entry's place is its index plus 1.
 *
 * `ofVisit` makes an entry about a visit, from the visit's JSON and further fields, as JSON that begins with a comma.
 */
export const journal: string = lua`
local function write(entry)
  return redis.call('RPUSH', key('journal'), now .. ' ' .. entry)
end

local function ofVisit(fact, visit, rest)
  return '{"fact":{"type":"' .. fact .. '",' .. string.sub(visit, 2, -2) .. rest .. '}}'
end
`
