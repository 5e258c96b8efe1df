import { batches } from './fragments/batches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { outbox } from './fragments/outbox.ts'
import { inbox } from './fragments/inbox.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/** Removes a message from the outbox. ARGV, after those of every run: message id. Reply: false. */
export const clearMessageScript: RedisScript = defineRunScript(
  'clear-message',
  [runState, dueTimes, batches, inbox, outbox],
  lua`
if not isKnown then return {false, false} end
dropMessage(take())
return finish(false)
`,
)
