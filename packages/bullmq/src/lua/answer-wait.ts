import { batches } from './fragments/batches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { inbox } from './fragments/inbox.ts'
import { openIndex } from './fragments/open-index.ts'
import { runState } from './fragments/run-state.ts'
import { waiting } from './fragments/waiting.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Answers an open wait: one compare-and-set together with the event in the inbox. What is past its time is over first, whether or not
 * anybody has looked after the run since.
 *
 * ARGV, after those of every run: name or id · answer id · payload · action or ''.
 *
 * Reply: false for an unknown run · `accepted`, incarnation, definition hash, event id · `not-open` · `answered` · `expired` ·
 * `ambiguous`, ids of the open waits. The same answer id again is accepted again, and changes nothing.
 */
export const answerWaitScript: RedisScript = defineRunScript(
  'answer-wait',
  [runState, dueTimes, batches, inbox, openIndex, waiting],
  lua`
if not isKnown then return {false, false} end
local nameOrId, answerId, payload, action = take(), take(), take(), take()

local late, isLate = {}, false
for _, id in ipairs(redis.call('ZRANGE', key('due'), '-inf', now, 'BYSCORE')) do
  if id == 'deadline' then isLate = true end
  if string.sub(id, 1, 2) == 'w:' then late[#late + 1] = string.sub(id, 3) end
end
for _, wait in ipairs(readInOrder('waits', late)) do expireWait(wait.id) end
if isLate then
  clearDue('deadline')
  passDeadline()
end

-- By its id, else the only open one of that name, else the one of that name that was opened last.
local function findWait()
  local byId = readRecord('waits', nameOrId)
  if byId then return nameOrId, byId end
  local ids = openBelow('n', nameOrId)
  if #ids > 1 then return nil, nil, ids end
  local id = ids[1] or redis.call('HGET', key('waits'), '\1' .. nameOrId)
  return id, id and readRecord('waits', id)
end

local function answer()
  local id, wait, ids = findWait()
  if ids then
    local sorted = {}
    for _, one in ipairs(readInOrder('waits', ids)) do sorted[#sorted + 1] = one.id end
    return {'ambiguous', sorted}
  end
  if not wait or wait.status == 'cancelled' then return {'not-open'} end
  local accepted = {'accepted', state.incarnation, state.definitionHash, wait.event}
  if wait.answeredBy == answerId then return accepted, true end
  if wait.status ~= 'open' then return {wait.status} end
  if not isLive or redis.call('HEXISTS', key('inbox'), 'deadline') == 1 then return {'not-open'} end
  local value = 'w:' .. wait.event
  redis.call('HSET', key('values'), value, payload)
  wait.answeredBy = answerId
  local how = action ~= '' and ',"action":' .. action or ''
  endWait(id, wait, 'answered', '{"type":"answered","value":' .. cjson.encode(value) .. how .. '}')
  return accepted
end

return finish(answer())
`,
)
