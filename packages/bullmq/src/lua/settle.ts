import { accepting } from './fragments/accepting.ts'
import { claiming } from './fragments/claiming.ts'
import { committing } from './committing.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Takes outcomes, and writes what follows from them, if the run stands as the caller knows it; else the outcomes are delivered, and the
 * turn is handed out.
 *
 * ARGV, after those of every run: nonce of the settlement · nonce of the turn that is asked for · its limit in ms · revision · nonce of
 * the turn that wrote it or '' · number of outcomes, and for each: event id · event · key of the visit · visit as JSON · dispatch · token · list: name and value, in turn. Number of visits to claim,
 * and for each: key · token · lease in ms · lists as of a claim. Then the changes, see the fragment.
 *
 * Reply: false for an unknown run · `committed`, what the fragment answers, list of what the claims came to · `delivered`, verdicts, turn
 * or false.
 */
export const settleScript: RedisScript = defineRunScript(
  'settle',
  [...committing, accepting, claiming],
  lua`
if not isKnown then return {false, false} end
local name, nonce, limitMs, revision, writtenBy = take(), take(), take(), take(), take()
local outcomes, claims = {}, {}
for place = 1, takeNumber() do
  outcomes[place] = {
    id = take(), event = take(), visit = take(), name = take(), number = takeNumber(), token = take(), values = at,
  }
  at = at + 1 + tonumber(ARGV[at])
end
for place = 1, takeNumber() do
  claims[place] = {take(), nil, take(), takeNumber(), takeList(), takeList(), takeList()}
end

-- A dispatch that somebody else has by now, or that came later, is not the settlement's.
local function isOwn(visit, token)
  local dispatch = readDispatch(visit)
  return dispatch and dispatch.token == token
end

local function committed(reply, isRepeated)
  local claimed = {}
  for place, claim in ipairs(claims) do
    local mayClaim = not isRepeated or isOwn(claim[1], claim[3])
    claimed[place] = mayClaim and claimVisit(unpack(claim, 1, 7)) or {'stale'}
  end
  return {'committed', reply, claimed}
end

if isCommitted(name, revision) then return finish(committed(repeatCommit(nonce, revision), true), true) end

local function isAsKnown()
  return #outcomes > 0 and isLive and not state.nonce and inboxSize() == 0 and tonumber(state.stalledUntil or 0) <= now
    and state.revision == revision and (state.writtenBy or '') == writtenBy
end

-- Whether an outcome is that of the one attempt there was of a current dispatch.
local function isOnlyOutcome(outcome)
  local dispatch = readDispatch(outcome.visit)
  return dispatch and dispatch.dispatch == outcome.number and dispatch.token == outcome.token
    and not dispatch.delivered and not hasLost(dispatch)
end

local function areOnlyOutcomes()
  for _, outcome in ipairs(outcomes) do
    if not isOnlyOutcome(outcome) then return false end
  end
  return true
end

local changesAt = at
if isAsKnown() and areOnlyOutcomes() then
  for _, outcome in ipairs(outcomes) do
    at = outcome.values
    takeInto('HSET', key('values'))
    redis.call('HSET', key('outcomes'), outcome.visit, outcome.id)
  end
  at = changesAt
  put('fence', tonumber(state.fence or 0) + 1)
  put('turnLimit', limitMs)
  return finish(committed(applyChanges(name, nonce, true, false)))
end

local verdicts, isRepeated = {}, false
for place, outcome in ipairs(outcomes) do
  at = outcome.values
  local verdict = accept(outcome.id, 'outcome', outcome.event, outcome.visit, outcome.name, outcome.number, outcome.token)
  verdicts[place] = verdict
  isRepeated = isRepeated or verdict == 'duplicate'
end
return finish({'delivered', verdicts, grantTurn(nonce, limitMs)}, isRepeated)
`,
)
