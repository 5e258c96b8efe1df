import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes a dispatch if it is current, its time has come and nobody has a lease on it: sets lease and token, journals the start, and
 * answers what the attempt needs. The same token again answers the same, with a new lease.
 *
 * ARGV, after those of every run: visit key · dispatch · token · lease in ms · list of cells · list of values.
 *
 * Reply: false for an unknown run · `stale` · `leased` · `early`, ms · `claimed`, attempt, resumption as JSON or false, place and time of
 * the journal entry, input, texts of the cells, texts of the values, name and text of the resumption's value or false, shared values
 * (key and JSON in turn), steps (name and text in turn), expansions.
 */
export const claimScript: RedisScript = defineRunScript(
  'claim',
  [runState, dueTimes, batches, journal, cells, openIndex, dispatches],
  lua`
if not isKnown then return {false, false} end
local visit, number, token, leaseMs = take(), takeNumber(), take(), takeNumber()
local dispatch = isLive and readDispatch(visit)
if not dispatch or dispatch.dispatch ~= number or dispatch.delivered then return finish({'stale'}) end
if dispatch.notBefore > now then return finish({'early', dispatch.notBefore - now}) end
if dispatch.token ~= token then
  if dispatch.leaseUntil and dispatch.leaseUntil > now then return finish({'leased'}) end
  if dispatch.isLast then return finish({'stale'}) end
  if dispatch.token then
    dispatch.earlierTokens = dispatch.earlierTokens or {}
    table.insert(dispatch.earlierTokens, dispatch.token)
  end
  dispatch.token = token
  dispatch.hasRecorded = nil
  dispatch.startedSeq = write(
    dispatch.startEntry or ofVisit('node.started', dispatch.visit, ',"attempt":' .. dispatch.attempt)
  )
  dispatch.startedAt = now
end
dispatch.leaseUntil = now + leaseMs
writeDispatch(visit, dispatch)
setDue('d:' .. visit, dispatch.leaseUntil)

local cellTexts, names = readCells(takeList()), takeList()
local extra = dispatch.resumption and cjson.decode(dispatch.resumption).value or false
local wanted = #names
names[wanted + 1] = 'input'
names[wanted + 2] = extra or nil
local valueTexts = readFields(key('values'), names)
local extraText = extra and table.remove(valueTexts)
local input = table.remove(valueTexts)
local steps = {}
local recorded = state.hasSteps and openBelow('s', visit) or {}
for at, name in ipairs(recorded) do recorded[at] = member(visit, name) end
for at, text in ipairs(readFields(key('steps'), recorded)) do
  steps[#steps + 1] = string.sub(recorded[at], #visit + 2)
  steps[#steps + 1] = text
end
return finish({
  'claimed', dispatch.attempt, dispatch.resumption or false, dispatch.startedSeq, dispatch.startedAt,
  input, cellTexts, valueTexts, extra, extraText, state.hasShared and redis.call('HGETALL', key('shared')) or {}, steps,
  state.hasExpansions and redis.call('LRANGE', key('expansions'), 0, -1) or {},
})
`,
)
