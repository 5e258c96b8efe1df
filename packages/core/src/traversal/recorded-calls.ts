import { reviveError } from '../model/error-data.ts'
import type { Resumption } from '../model/outcome.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { LastRounds } from './last-rounds.ts'
import type { VisitCalls } from './visit-calls.ts'

/** An event about a durable call of a handler. */
export type CallEvent = RunEvent & VisitName & { readonly call: string }

/** Whether an event tells of a durable call, and not of what a node itself waits for. */
export function isCallEvent(event: RunEvent): event is CallEvent {
  return 'call' in event && event.call !== undefined
}

/** Whether an event tells of a durable call that was made and recorded at once. */
export function isRecordedAtOnce({ type }: CallEvent): boolean {
  return type === 'step.recorded' || type === 'event.emitted'
}

/** Records what an event tells of a durable call. @returns whether an open call has settled by it */
export function recordCall(calls: VisitCalls, event: CallEvent): boolean {
  const { call } = event
  switch (event.type) {
    case 'step.recorded':
    case 'event.emitted':
      calls.record(event)
      return false
    case 'timer.set':
      calls.note(call, { due: event.at + event.delayMs })
      return false
    case 'wait.opened':
      if (event.deadline !== undefined) calls.note(call, { due: event.deadline })
      return false
    case 'child.started': {
      const { deadline } = event
      calls.note(call, { child: {}, ...(deadline === undefined ? {} : { due: deadline }) })
      return false
    }
    default:
      return settleCall(calls, event)
  }
}

function settleCall(calls: VisitCalls, event: CallEvent): boolean {
  const { call, nodeId } = event
  if (event.type === 'timer.fired') return calls.settle(call, nodeId, { type: 'fired' })
  if (event.type === 'wait.expired') return calls.settle(call, nodeId, { type: 'timed-out' })
  if (event.type === 'wait.answered') return calls.settle(call, nodeId, answerOf(event))
  // Of a child that nobody waits for any more the end is told when its call is not open: a fork has children of its own, with other ids.
  return event.type === 'child.settled' && calls.settle(call, nodeId, childResumption(event))
}

/** How a visit goes on after an answer. */
export function answerOf({ payload, action, unchecked }: RunEvent & { readonly type: 'wait.answered' }): Resumption {
  return {
    type: 'answered',
    payload,
    ...(action === undefined ? {} : { action }),
    ...(unchecked === undefined ? {} : { unchecked }),
  }
}

/** How a visit goes on after the end of its child run. */
export function childResumption(event: RunEvent & { readonly type: 'child.settled' }): Resumption {
  if (event.status === 'completed') return { type: 'child-completed', output: event.output }
  const { error = { name: 'HeddleError', code: 'RUN_CANCELLED', message: 'the child run was cancelled' } } = event
  const isRefused = event.childRunId === '' && error.code === 'LIMIT_EXCEEDED'
  const isTimeout = event.status === 'cancelled' && error.code === 'INVOKE_TIMEOUT'
  return { type: isRefused || isTimeout ? 'child-refused' : 'child-failed', error: reviveError(error) }
}

/** Keeps how waits ended, by id. */
export function noteWaitEnd(ended: LastRounds<'answered' | 'expired'>, event: RunEvent): void {
  if (event.type === 'wait.opened') ended.delete(event.waitId)
  else if (event.type === 'wait.expired') ended.set(event.waitId, 'expired')
  else if (event.type === 'wait.answered') ended.set(event.waitId, 'answered')
}
