import { batches } from './fragments/batches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Asks a run to end.
 *
 * ARGV, after those of every run: event · '1' to refuse the start of a run that is not known.
 * Reply: `accepted`, incarnation, definition hash · `ended` · `tombstone` · `unknown-run`.
 */
export const cancelScript: RedisScript = defineRunScript(
  'cancel',
  [runState, dueTimes, batches, inbox],
  lua`
local event, leavesTombstone = take(), take() == '1'
if not isKnown then
  if not leavesTombstone then return {false, {'unknown-run'}} end
  redis.call('ZADD', partition .. ':tombstones', now, runId)
  return {false, {'tombstone'}}
end
if not isLive then return finish({'ended'}) end
local isRepeated = redis.call('HEXISTS', key('inbox'), 'cancel') == 1
if not isRepeated then append('cancel', event) end
return finish({'accepted', state.incarnation, state.definitionHash}, isRepeated)
`,
)
