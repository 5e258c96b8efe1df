import { batches } from './fragments/batches.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Prolongs the lease of an attempt, from now on.
 *
 * ARGV, after those of every run: visit key · dispatch · token · lease in ms. Reply: `renewed` or `abort`.
 */
export const renewScript: RedisScript = defineRunScript(
  'renew',
  [runState, dueTimes, batches, dispatches],
  lua`
if not isKnown then return {false, 'abort'} end
local visit, number, token, leaseMs = take(), takeNumber(), take(), takeNumber()
local dispatch = readDispatch(visit)
if not isCurrent(dispatch, number, token) then return finish('abort') end
dispatch.leaseUntil = now + leaseMs
writeDispatch(visit, dispatch)
setDue('d:' .. visit, dispatch.leaseUntil)
return finish('renewed')
`,
)
