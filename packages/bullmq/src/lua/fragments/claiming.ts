import { lua } from '../define-script.ts'

/**
 * A dispatch that somebody takes: `claimVisit` sets lease and token, journals the start, and answers what the attempt needs.
 *
 * Answer: `stale` · `leased` · `early`, ms · `claimed`, attempt, resumption as JSON or false, place and time of the journal entry, input,
 * texts of the cells, texts of the values, name and text of the resumption's value or false, shared values (key and JSON in turn), steps
 * (name and text in turn), expansions, how the run stands or false.
 */
export const claiming: string = lua`
-- number: of the dispatch, or nil for whichever is current. touches: cells that the outcome is expected to touch, the run's first;
-- empty if the standing is not asked for.
local function claimVisit(visit, number, token, leaseMs, cellNames, names, touches)
  local dispatch = isLive and readDispatch(visit)
  if not dispatch or (number and dispatch.dispatch ~= number) or dispatch.delivered then return {'stale'} end
  if dispatch.notBefore > now then return {'early', dispatch.notBefore - now} end
  if dispatch.token ~= token then
    if dispatch.leaseUntil and dispatch.leaseUntil > now then return {'leased'} end
    if dispatch.isLast or (inboxSize() > 0 and redis.call('HEXISTS', key('inbox'), 'cancel') == 1) then return {'stale'} end
    if dispatch.token then
      dispatch.earlierTokens = dispatch.earlierTokens or {}
      table.insert(dispatch.earlierTokens, dispatch.token)
    end
    dispatch.token = token
    dispatch.hasRecorded = nil
    dispatch.startedSeq = write(
      dispatch.startEntry or ofVisit('node.started', dispatch.visit, ',"attempt":' .. dispatch.attempt)
    )
    dispatch.startedAt = now
  end
  dispatch.leaseUntil = now + leaseMs
  writeDispatch(visit, dispatch)
  setDue('d:' .. visit, dispatch.leaseUntil)

  local cellTexts = readCells(cellNames)
  local extra = dispatch.resumption and cjson.decode(dispatch.resumption).value or false
  local wanted = #names
  names[wanted + 1] = 'input'
  names[wanted + 2] = extra or nil
  local valueTexts = readFields(key('values'), names)
  local extraText = extra and table.remove(valueTexts)
  local input = table.remove(valueTexts)
  local steps = {}
  local recorded = state.hasSteps and openBelow('s', visit) or {}
  for at, name in ipairs(recorded) do recorded[at] = member(visit, name) end
  for at, text in ipairs(readFields(key('steps'), recorded)) do
    steps[#steps + 1] = string.sub(recorded[at], #visit + 2)
    steps[#steps + 1] = text
  end
  return {
    'claimed', dispatch.attempt, dispatch.resumption or false, dispatch.startedSeq, dispatch.startedAt,
    input, cellTexts, valueTexts, extra, extraText, state.hasShared and redis.call('HGETALL', key('shared')) or {}, steps,
    state.hasExpansions and redis.call('LRANGE', key('expansions'), 0, -1) or {},
    #touches > 0 and not state.nonce and inboxSize() == 0 and describeStanding(touches),
  }
end
`
