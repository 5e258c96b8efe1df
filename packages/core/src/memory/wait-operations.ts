import type { RunJob } from '../model/run-job.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { InboxEvent, StoredResumption } from '../model/stored-event.ts'
import type { AnswerReply, CancelReply, TendOptions, TendReply, WaitAnswer } from '../ports/waits-and-timers.ts'
import { dispatchAgain, tellLost } from './dispatch-again.ts'
import type { Dispatch, MemoryRun, StoredWait } from './memory-run.ts'

/** Longest time between two sendings of the same job or message, in milliseconds. */
const maxResendMs = 60_000

/** What is due, and the event that it makes, when the time of a run is up. */
const deadlineEvent = 'deadline'

/** `IWaitsAndTimers.answerWait` on one run. What is past its time is over first, whether or not anybody has tended the run since. */
export function answerWait(
  run: MemoryRun,
  { nameOrId, payload, action, answerId }: WaitAnswer,
  now: number,
): AnswerReply {
  passDeadlines(run, now)
  const found = findWait(run, nameOrId)
  if (Array.isArray(found)) return { status: 'ambiguous', waitIds: found as string[] }
  const stored = found as StoredWait | undefined
  if (stored === undefined || stored.status === 'cancelled') return { status: 'not-open' }
  if (stored.answeredBy === answerId) return { status: 'accepted', job: run.wakeJob(stored.eventId) }
  if (stored.status !== 'open') return { status: stored.status }
  if (!run.isLive || run.inbox.has(deadlineEvent)) return { status: 'not-open' }
  const value = `w:${stored.eventId}`
  run.values.set(value, payload)
  stored.answeredBy = answerId
  endWait(run, stored, 'answered', { type: 'answered', value, ...(action === undefined ? {} : { action }) }, now)
  return { status: 'accepted', job: run.wakeJob(stored.eventId) }
}

/** Ends the waits whose deadlines have passed, and asks the run to end if its own has. */
function passDeadlines(run: MemoryRun, now: number): void {
  for (const waitId of run.waits.keys()) {
    const id = `w:${waitId}`
    if (!run.due.isDue(id, now)) continue
    run.due.delete(id)
    expireWait(run, waitId, now)
  }
  if (!run.due.isDue(deadlineEvent, now)) return
  run.due.delete(deadlineEvent)
  passDeadline(run, now)
}

function passDeadline(run: MemoryRun, now: number): void {
  run.append({ id: deadlineEvent, touches: [], type: 'deadline', deadlineMs: run.start.deadlineMs ?? 0 }, now)
}

function findWait(run: MemoryRun, nameOrId: string): StoredWait | readonly string[] | undefined {
  const byId = run.waits.get(nameOrId)
  if (byId !== undefined) return byId
  const named = [...run.waits.values()].filter(({ wait }) => wait.name === nameOrId)
  const open = named.filter(({ status }) => status === 'open')
  return open.length > 1 ? open.map(({ wait }) => wait.waitId) : (open[0] ?? named.at(-1))
}

function endWait(
  run: MemoryRun,
  stored: StoredWait,
  status: 'answered' | 'expired',
  resumption: StoredResumption,
  now: number,
): void {
  const { waitId, name, deadline: _deadline, ...visit } = stored.wait
  stored.status = status
  run.due.delete(`w:${waitId}`)
  const call = stored.call === undefined ? {} : { call: stored.call }
  const source = { type: 'wait', waitId, name, ...call } as const
  run.append(
    {
      id: stored.eventId,
      touches: stored.touches,
      type: 'resumed',
      visit,
      attempt: stored.attempt,
      source,
      resumption,
    },
    now,
  )
}

/** `IWaitsAndTimers.cancel` on one run. */
export function cancelRun(run: MemoryRun, reason: string | undefined, now: number): CancelReply {
  if (!run.isLive) return { status: 'ended' }
  const event: InboxEvent = { id: 'cancel', touches: [], type: 'cancel', ...(reason === undefined ? {} : { reason }) }
  if (!run.inbox.has(event.id)) run.append(event, now)
  return { status: 'accepted', job: run.wakeJob('cancel') }
}

/** `IWaitsAndTimers.tend` on one run. */
export function tend(run: MemoryRun, options: TendOptions, now: number): TendReply {
  const { runId, incarnation, definitionHash } = run.start
  const jobs: RunJob[] = []
  const messages: RunMessage[] = []
  for (const id of run.due.take(now, Infinity)) {
    const name = id.slice(2)
    if (id === 'turn') run.failTurn('a turn went past its limit', now)
    else if (id === deadlineEvent) passDeadline(run, now)
    else if (id.startsWith('t:')) fireTimer(run, name, now)
    else if (id.startsWith('w:')) expireWait(run, name, now)
    else if (id.startsWith('m:')) messages.push(...resendMessage(run, name, options, now))
    else if (id.startsWith('d:')) jobs.push(...tendDispatch(run, name, options, now))
  }
  const needsTurn = run.isLive && run.turn === undefined && run.inbox.size > 0 && run.stalledUntil <= now
  // Somebody is told of the inbox; if it comes to nothing, the next sweep tells again.
  if (needsTurn) run.due.set('inbox', now + 1000)
  return { runId, incarnation, definitionHash, jobs, messages, needsTurn }
}

function fireTimer(run: MemoryRun, id: string, now: number): void {
  const timer = run.timers.get(id)
  if (timer === undefined) return
  run.timers.delete(id)
  const { name, visit, call, attempt, touches, eventId } = timer
  const source = { type: 'timer', name, ...(call === undefined ? {} : { call }) } as const
  run.append({ id: eventId, touches, type: 'resumed', visit, attempt, source, resumption: { type: 'fired' } }, now)
}

function expireWait(run: MemoryRun, waitId: string, now: number): void {
  const stored = run.waits.get(waitId)
  if (stored?.status === 'open') endWait(run, stored, 'expired', { type: 'timed-out' }, now)
}

function resendMessage(run: MemoryRun, id: string, { resendAfterMs }: TendOptions, now: number): RunMessage[] {
  const stored = run.messages.get(id)
  if (stored === undefined) return []
  stored.resendMs = nextResend(stored.resendMs, resendAfterMs)
  run.due.set(`m:${id}`, now + stored.resendMs)
  return [stored.message]
}

function nextResend(resendMs: number, first: number): number {
  return Math.min(maxResendMs, Math.max(first, resendMs * 2))
}

/** A job that nobody claimed is sent again; an attempt whose lease has ended gets a new dispatch. */
function tendDispatch(run: MemoryRun, key: string, options: TendOptions, now: number): RunJob[] {
  const dispatch = run.dispatches.get(key)
  if (dispatch === undefined || dispatch.delivered !== undefined) return []
  if (dispatch.token !== undefined) return replaceLost(run, key, dispatch, options, now)
  dispatch.resendMs = nextResend(dispatch.resendMs, options.resendAfterMs)
  run.due.set(`d:${key}`, now + dispatch.resendMs)
  return [run.jobOf(key, dispatch, now)]
}

function replaceLost(
  run: MemoryRun,
  key: string,
  dispatch: Dispatch,
  { maxLostAttempts }: TendOptions,
  now: number,
): RunJob[] {
  // One that recorded a durable call got further: the attempts that were lost before it count no more.
  const lost = dispatch.hasRecorded === true ? 1 : dispatch.lost + 1
  if (lost <= maxLostAttempts && dispatch.isLast !== true) return [dispatchAgain(run, key, dispatch, { lost }, now)]
  tellLost(run, key, dispatch, lost, now)
  return []
}
