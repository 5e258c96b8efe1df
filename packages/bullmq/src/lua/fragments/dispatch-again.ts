import { lua } from '../define-script.ts'

/** New dispatches of visits whose attempt came to nothing, and what is told of those that are not attempted again. */
export const dispatchAgain: string = lua`
-- Sooner than a first dispatch: whoever does it may die before the job is in the queue, and something was lost before.
local againResendMs = 2000

local function dispatchAgain(visit, dispatch, lost, releasedBy)
  write(ofVisit('node.ready', dispatch.visit, ',"attempt":' .. dispatch.attempt))
  put('dispatched', tonumber(state.dispatched) + 1)
  local again = {
    dispatch = state.dispatched, attempt = dispatch.attempt, notBefore = now, lost = lost, resendMs = againResendMs / 2,
    visit = dispatch.visit, touches = dispatch.touches, resumption = dispatch.resumption, queue = dispatch.queue,
    priority = dispatch.priority, startEntry = dispatch.startEntry, releasedBy = releasedBy,
  }
  writeDispatch(visit, again)
  setDue('d:' .. visit, now + againResendMs)
  return again
end

local function lostEvent(visit, number)
  return 'lost/' .. visit .. '/' .. number
end

local function tellLost(visit, dispatch, lost)
  dispatch.delivered = lostEvent(visit, dispatch.dispatch)
  writeDispatch(visit, dispatch)
  append(dispatch.delivered, dispatch.touches .. '\n{"id":' .. cjson.encode(dispatch.delivered) .. ',"type":"lost","visit":'
    .. dispatch.visit .. ',"attempt":' .. dispatch.attempt .. ',"lost":' .. lost .. '}')
end
`
