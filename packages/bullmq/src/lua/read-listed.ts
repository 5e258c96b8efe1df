import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * What a list tells of some runs.
 *
 * KEYS: the runs, which must be in one slot if there are slots.
 *
 * Reply: of each run: incarnation, workflow id, definition hash, status, time of its end or false, parent as JSON or false, tags as JSON
 * or false; of one that is not there all are false.
 */
export const readListedScript: RedisScript = defineScript(
  'read-listed',
  lua`
local runs = {}
for at, run in ipairs(KEYS) do
  runs[at] = redis.call('HMGET', run, 'incarnation', 'workflowId', 'definitionHash', 'status', 'endedAt', 'parent', 'tags')
end
return runs
`,
  { isReadOnly: true },
)
