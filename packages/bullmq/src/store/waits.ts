import {
  visitKey,
  type AnswerReply,
  type CancelReply,
  type RunJob,
  type RunMessage,
  type TendOptions,
  type TendReply,
  type VisitName,
  type WaitAnswer,
} from '@heddle/core'
import { answerWaitScript } from '../lua/answer-wait.ts'
import { cancelScript } from '../lua/cancel.ts'
import { tendScript } from '../lua/tend.ts'
import { ArgumentList, wholeMs } from './argument-list.ts'
import { eventText } from './inbox-event.ts'
import { listOf, optionalNumber, optionalText, parse, textOf, textsOf } from './reply.ts'
import { dispatchJob, wakeJob, type JobRun } from './run-jobs.ts'
import type { RunScripts } from './run-scripts.ts'

/** `IWaitsAndTimers.answerWait`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function answerWait(scripts: RunScripts, runId: string, answer: WaitAnswer): Promise<AnswerReply> {
  const { nameOrId, answerId, payload, action } = answer
  const values = new ArgumentList().add(nameOrId, answerId, payload, action === undefined ? '' : JSON.stringify(action))
  const reply = await scripts.run(answerWaitScript, { runId, incarnation: '' }, values)
  if (reply === null) return { status: 'unknown-run' }
  const [status, detail, definitionHash, event] = listOf(reply)
  if (status === 'ambiguous') return { status, waitIds: textsOf(detail) }
  if (status !== 'accepted') return { status: status as 'not-open' | 'answered' | 'expired' }
  const run = { runId, incarnation: textOf(detail), definitionHash: textOf(definitionHash) }
  return { status, job: wakeJob(run, textOf(event)) }
}

/** `IWaitsAndTimers.cancel`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function cancel(
  scripts: RunScripts,
  runId: string,
  reason: string | undefined,
  leaveTombstone: boolean,
): Promise<CancelReply> {
  const event = { id: 'cancel', touches: [], type: 'cancel', ...(reason === undefined ? {} : { reason }) } as const
  const values = new ArgumentList().add(eventText(event), leaveTombstone ? '1' : '0')
  const reply = await scripts.run(cancelScript, { runId, incarnation: '' }, values)
  if (reply === null) return { status: 'unknown-run' }
  const [status, incarnation, definitionHash] = listOf(reply)
  if (status !== 'accepted') return { status: status as 'ended' | 'unknown-run' | 'tombstone' }
  const run = { runId, incarnation: textOf(incarnation), definitionHash: textOf(definitionHash) }
  return { status, job: wakeJob(run, 'cancel') }
}

/** `IWaitsAndTimers.tend`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function tend(
  scripts: RunScripts,
  runId: string,
  { maxLostAttempts, resendAfterMs }: TendOptions,
): Promise<TendReply | undefined> {
  const values = new ArgumentList().add(crypto.randomUUID(), maxLostAttempts, wholeMs(resendAfterMs))
  const reply = await scripts.run(tendScript, { runId, incarnation: '' }, values)
  if (reply === null) return undefined
  const [incarnation, definitionHash, jobs, messages, needsTurn] = listOf(reply)
  const run: JobRun = { runId, incarnation: textOf(incarnation), definitionHash: textOf(definitionHash) }
  return {
    ...run,
    jobs: listOf(jobs).map((job) => jobOf(run, listOf(job))),
    messages: textsOf(messages).map((text) => parse<RunMessage>(text)),
    needsTurn: Number(needsTurn) === 1,
  }
}

function jobOf(run: JobRun, [key, visitText, dispatch, delayMs, queue, priority]: readonly unknown[]): RunJob {
  const visit = parse<VisitName>(visitText)
  return dispatchJob(run, {
    visit,
    visitKey: optionalText(key) ?? visitKey(visit),
    dispatch: Number(dispatch),
    delayMs: Number(delayMs),
    queue: optionalText(queue),
    priority: optionalNumber(priority),
  })
}
