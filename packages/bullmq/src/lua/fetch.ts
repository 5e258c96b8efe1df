import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Reads under a turn.
 *
 * ARGV, after those of every run: fence · nonce · revision · '1' for all cells · '1' for the claimed dispatches too · list of cells ·
 * list of values. Reply: false if the turn is not the caller's, else: texts of the cells; with all cells names and texts in turn, and the
 * same of the shared values, else false twice; texts of the values; claimed dispatches as JSON.
 */
export const fetchScript: RedisScript = defineRunScript(
  'fetch',
  [runState, dueTimes, batches, inbox, cells, turn],
  lua`
if not isKnown or not isHolder(take(), take(), take()) then return {false, false} end
local isAll, withClaimed = take() == '1', take() == '1'
local names, values = takeList(), takeList()
local claimed = {}
if withClaimed then
  for _, dispatch in ipairs(redis.call('HVALS', key('dispatches'))) do
    if string.find(dispatch, '"token":', 1, true) then claimed[#claimed + 1] = dispatch end
  end
end
return {false, {
  readCells(names), isAll and redis.call('HGETALL', key('cells')), isAll and redis.call('HGETALL', key('shared')),
  readFields(key('values'), values), claimed,
}}
`,
  { isReadOnly: true },
)
