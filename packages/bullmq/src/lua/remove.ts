import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/** Deletes a run with all its records. Reply: 1 if it was there. */
export const removeScript: RedisScript = defineRunScript(
  'remove',
  [runState],
  lua`
if not isKnown then return {false, 0} end
redis.call('UNLINK', run)
for _, name in ipairs({
  'cells', 'shared', 'values', 'journal', 'inbox', 'order', 'outcomes', 'dispatches', 'timers', 'waits', 'children', 'cutOff',
  'messages', 'steps', 'open', 'expansions', 'failures', 'due',
}) do
  redis.call('UNLINK', key(name))
end
for _, name in ipairs({'due', 'ended', 'endedChildren', 'runs'}) do
  redis.call('ZREM', partition .. ':' .. name, runId)
end
return {false, 1}
`,
)
