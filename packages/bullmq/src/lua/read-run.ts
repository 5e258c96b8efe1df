import { batches } from './fragments/batches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Where a run stands, without its cells and values.
 *
 * Reply: false for an unknown run, else: fields of the run (incarnation, workflow id, definition hash, status, failure policy, revision,
 * time of its start, of its end, parent as JSON, reason of the stall, output value) · number of journal entries · how much is under way ·
 * open waits as JSON, each with its deadline or false · ids of the children that have not settled · failures · expansions · due time or
 * false.
 */
export const readRunScript: RedisScript = defineRunScript(
  'read-run',
  [runState, dueTimes, batches, openIndex],
  lua`
if not isKnown then return {false, false} end
local underWay = redis.call('ZCARD', key('order'))
for _, records in ipairs({'dispatches', 'timers', 'messages'}) do
  underWay = underWay + redis.call('HLEN', key(records))
end
local ids, waits, children = {}, {}, {}
for _, name in ipairs(openBelow('n')) do ids[#ids + 1] = string.match(name, '\1(.*)$') end
for _, wait in ipairs(readInOrder('waits', ids)) do
  waits[#waits + 1] = {wait.wait, wait.deadline and string.format('%.0f', wait.deadline) or false}
end
for _, child in ipairs(readInOrder('children', openBelow('c'))) do children[#children + 1] = child.id end
local head = redis.call('HMGET', run, 'incarnation', 'workflowId', 'definitionHash', 'status', 'onFailure', 'revision',
  'startedAt', 'endedAt', 'parent', 'stalledBy', 'outputValue')
return {false, {
  head, redis.call('LLEN', key('journal')), underWay, waits, children, redis.call('LRANGE', key('failures'), 0, -1),
  redis.call('LRANGE', key('expansions'), 0, -1), nextDue(),
}}
`,
  { isReadOnly: true },
)
