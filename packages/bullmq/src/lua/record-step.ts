import { batches } from './fragments/batches.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Records a step of an attempt and its entry in the journal, once by name.
 *
 * ARGV, after those of every run: visit key · dispatch · token · name · text · journal entry or ''.
 * Reply: `recorded`, `existing` or `stale`.
 */
export const recordStepScript: RedisScript = defineRunScript(
  'record-step',
  [runState, dueTimes, batches, journal, openIndex, dispatches],
  lua`
if not isKnown then return {false, 'stale'} end
local visit, number, token, name, text, entry = take(), takeNumber(), take(), take(), take(), take()
local dispatch = readDispatch(visit)
if not isCurrent(dispatch, number, token) then return {false, 'stale'} end
if redis.call('HSETNX', key('steps'), member(visit, name), text) == 0 then return {false, 'existing'} end
note('s', visit, name)
if not dispatch.hasRecorded then
  dispatch.hasRecorded = true
  writeDispatch(visit, dispatch)
end
if not state.hasSteps then put('hasSteps', 1) end
save()
if entry ~= '' then write(entry) end
return {false, 'recorded'}
`,
)
