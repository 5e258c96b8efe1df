import { batches } from './fragments/batches.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Creates a run with its beginning: decided, or in the inbox.
 *
 * ARGV, after those of every run: workflow id · definition hash · input · failure policy · deadline in ms or '' · parent as JSON or '' ·
 * list: tags · list: key and shared value as JSON, in turn · list: entries of the journal · what names the decided beginning, or '' · and
 * with one: list: cells (name and JSON in turn) · its dispatches, see the fragment.
 *
 * Reply: `started` · `existing`, incarnation · `conflict`, what · `cancelled`. Sent again it finds the run that it made.
 */
export const startScript: RedisScript = defineRunScript(
  'start',
  [runState, dueTimes, batches, inbox, journal, dispatches],
  lua`
local workflowId, definitionHash, input, onFailure, deadlineMs, parent = take(), take(), take(), take(), take(), take()
if state.incarnation then
  if state.definitionHash ~= definitionHash then return {false, {'conflict', 'definition'}} end
  if redis.call('HGET', key('values'), 'input') ~= input then return {false, {'conflict', 'input'}} end
  return {timeTold(), {'existing', state.incarnation}}
end
if redis.call('ZSCORE', partition .. ':tombstones', runId) then return {false, {'cancelled'}} end
redis.call('HSET', run, 'incarnation', incarnation, 'workflowId', workflowId, 'definitionHash', definitionHash,
  'onFailure', onFailure, 'status', 'live', 'startedAt', now, 'revision', 0)
if parent ~= '' then redis.call('HSET', run, 'parent', parent) end
local tags = takeList()
if #tags > 0 then redis.call('HSET', run, 'tags', cjson.encode(tags)) end
redis.call('ZADD', partition .. ':runs', now, runId)
redis.call('HSET', key('values'), 'input', input)
if ARGV[at] ~= '0' then put('hasShared', 1) end
takeInto('HSET', key('shared'))
for _, entry in ipairs(takeList()) do write(entry) end
local decidedBy = take()
if decidedBy == '' then
  append('begin', '[]\n{"id":"begin","type":"begin"}')
else
  put('writtenBy', decidedBy)
  put('revision', 1)
  takeInto('HSET', key('cells'))
  takeDispatches()
end
if deadlineMs ~= '' then
  redis.call('HSET', run, 'deadlineMs', deadlineMs)
  setDue('deadline', now + tonumber(deadlineMs))
end
return finish({'started'})
`,
)
