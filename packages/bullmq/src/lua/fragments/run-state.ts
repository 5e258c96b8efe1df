import { lua } from '../define-script.ts'

/**
 * What every script on a run begins with. All keys of a run are made of `KEYS[1]` and a name, those of its partition of `KEYS[2]`, and
 * all of them have the partition as their hash tag: one slot.
 *
 * KEYS: 1 the run · 2 the partition. ARGV: 1 run id · 2 incarnation, '' for whichever the run has.
 *
 * `now`: milliseconds by the server's clock. `state`: those fields of the run that the script speaks of as `state.<name>`, strings or
 * nil; `put` changes one, `save` writes what was changed. `isKnown`: the run exists and is that incarnation. `has…` spare a look at records that most runs do not have.
 */
export const runState: string = lua`
local run, partition = KEYS[1], KEYS[2]
local runId, incarnation = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call('HMGET', run, <fields>)
local state, changed = {<state>}, {}

local isKnown = state.incarnation ~= nil and (incarnation == '' or incarnation == state.incarnation)
local isLive = state.status == 'live'

local function key(name)
  return run .. ':' .. name
end

local function put(name, value)
  state[name] = value
  changed[name] = value == nil and '' or value
end

local function save()
  local written, removed = {}, {}
  for name in pairs(changed) do
    if state[name] == nil then
      removed[#removed + 1] = name
    else
      written[#written + 1] = name
      written[#written + 1] = state[name]
    end
  end
  if #written > 0 then redis.call('HSET', run, unpack(written)) end
  if #removed > 0 then redis.call('HDEL', run, unpack(removed)) end
end

-- Numbers in the order in which things came about in the run.
local function nextPlace()
  put('places', tonumber(state.places or 0) + 1)
  return state.places
end
`
