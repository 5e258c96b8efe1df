import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/** Ends a turn without a commit. ARGV, after those of every run: fence · nonce · revision · reason. Reply: false. */
export const failTurnScript: RedisScript = defineRunScript(
  'fail-turn',
  [runState, dueTimes, batches, inbox, cells, turn],
  lua`
if not isKnown then return {false, false} end
if isHolder(take(), take(), take()) then failTurn(take()) end
return finish(false)
`,
)
