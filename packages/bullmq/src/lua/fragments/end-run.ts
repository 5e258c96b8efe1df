import { lua } from '../define-script.ts'

/**
 * The end of a run: whatever it waits for is over, its children are cancelled, its parent is told. What only a live run needs is
 * removed; the run itself joins the finished ones of its partition, by the time of its end, where retention finds it: a child run
 * apart, since it is kept as long as its root.
 */
export const endRun: string = lua`
-- Answers the messages to send. settlement: what the parent is told beside the names, as JSON that begins with a comma.
local function endRun(status, outputValue, settlement, entries, sent)
  isLive = false
  put('status', status)
  put('endedAt', now)
  if outputValue ~= '' then put('outputValue', outputValue) end
  cancelTimers(redis.call('HKEYS', key('timers')))
  local waits = {}
  for _, name in ipairs(openBelow('n')) do waits[#waits + 1] = string.match(name, '\1(.*)$') end
  cancelWaits(waits)
  for _, entry in ipairs(entries) do write(entry) end

  local messages = {}
  for _, text in ipairs(redis.call('HVALS', key('messages'))) do messages[#messages + 1] = readMessage(text) end
  table.sort(messages, function(one, other) return one.place < other.place end)
  for _, message in ipairs(sent) do messages[#messages + 1] = message end
  local children = readInOrder('children', openBelow('c'))
  redis.call('UNLINK', key('dispatches'), key('timers'), key('inbox'), key('order'), key('steps'), key('open'),
    key('cutOff'), key('messages'), key('due'))
  put('inboxCount', nil)
  redis.call('ZREM', partition .. ':due', runId)
  put('placedAt', nil)

  local texts = {}
  for _, message in ipairs(messages) do
    if message.type ~= 'start-child' then
      send(cjson.decode(message.text).id, message.type, message.text)
      texts[#texts + 1] = message.text
    end
  end
  for _, child in ipairs(children) do texts[#texts + 1] = cancelChild(child.id) end
  local parent = redis.call('HGET', run, 'parent')
  if parent then
    local notice = '{"id":"notify","type":"notify-parent","childRunId":' .. cjson.encode(runId) .. ',"parent":' .. parent
      .. settlement .. '}'
    send('notify', 'notify-parent', notice)
    texts[#texts + 1] = notice
  end
  redis.call('ZADD', partition .. (parent and ':endedChildren' or ':ended'), now, runId)
  return texts
end
`
