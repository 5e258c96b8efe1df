import { HeddleError } from '../errors/heddle-error.ts'
import { checkSchema } from '../execution/check-schema.ts'
import type { RunJob } from '../model/run-job.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunHead } from '../ports/run-records.ts'
import type { AnswerReply } from '../ports/waits-and-timers.ts'
import type { Definitions } from './definitions.ts'
import { randomNonce } from './nonce.ts'

/** What requests to runs are made with. */
export interface RunRequestOptions {
  readonly store: ICoordinationStore
  readonly definitions: Definitions
  readonly enqueue: (jobs: readonly RunJob[]) => Promise<void>
}

/** @throws HeddleError `UNKNOWN_RUN` */
async function readRunHead(store: ICoordinationStore, runId: string): Promise<RunHead> {
  const head = await store.readRun(runId)
  if (head !== undefined) return head
  throw new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
}

/** The open waits of a run and its child runs. */
export async function readOpenWaits(store: ICoordinationStore, runId: string): Promise<OpenWait[]> {
  const head = await store.readRun(runId)
  if (head === undefined) return []
  const inside = await Promise.all(head.children.map((child) => readOpenWaits(store, child)))
  return [...head.waits, ...inside.flat()]
}

/**
 * Answers an open wait of a run or of a child run, once.
 *
 * @param nameOrId the wait's name if only one of that name is open, else its id
 * @throws HeddleError `UNKNOWN_RUN`, `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
 */
export async function resumeRun(
  options: RunRequestOptions,
  runId: string,
  nameOrId: string,
  payload: unknown,
  action?: string,
): Promise<void> {
  const { store, definitions, enqueue } = options
  const head = await findRunWithWait(store, await readRunHead(store, runId), nameOrId)
  const engine = definitions.get(head.definitionHash)?.engine
  if (engine === undefined) {
    throw new HeddleError(
      'UNKNOWN_BLUEPRINT',
      `the definition of run "${head.runId}" is not known here; resume it where it is`,
      {
        details: { runId: head.runId, definitionHash: head.definitionHash },
      },
    )
  }
  const name = head.waits.find(({ waitId }) => waitId === nameOrId)?.name ?? nameOrId
  const schema = engine.waitSchema(name)
  const what = `the payload for wait "${nameOrId}"`
  const checked: unknown = schema === undefined ? payload : await checkSchema(schema, payload, 'INVALID_PAYLOAD', what)
  const text = engine.serializer.serialize(checked)
  const reply = await store.answerWait(head.runId, {
    nameOrId,
    answerId: randomNonce(),
    payload: text,
    ...(action === undefined ? {} : { action }),
  })
  if (reply.status !== 'accepted') throw refusal(reply, head.runId, nameOrId)
  await enqueue([reply.job])
}

/** The run itself, or the child run in which such a wait is open. */
async function findRunWithWait(store: ICoordinationStore, head: RunHead, nameOrId: string): Promise<RunHead> {
  const isHere = head.waits.some(({ waitId, name }) => waitId === nameOrId || name === nameOrId)
  if (isHere) return head
  for (const childId of head.children) {
    const child = await store.readRun(childId)
    const found = child === undefined ? undefined : await findRunWithWait(store, child, nameOrId)
    if (found?.waits.some(({ waitId, name }) => waitId === nameOrId || name === nameOrId) === true) return found
  }
  return head
}

function refusal(reply: Exclude<AnswerReply, { status: 'accepted' }>, runId: string, wait: string): HeddleError {
  const details = { runId, wait }
  switch (reply.status) {
    case 'unknown-run':
      return new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details })
    case 'answered':
      return new HeddleError('WAIT_ANSWERED', `wait "${wait}" of run "${runId}" was answered before`, { details })
    case 'expired':
      return new HeddleError('WAIT_EXPIRED', `wait "${wait}" of run "${runId}" has expired`, { details })
    case 'not-open':
      return new HeddleError(
        'WAIT_NOT_OPEN',
        `run "${runId}" has no open wait "${wait}"; it may not have been reached yet`,
        {
          details,
          retryable: true,
        },
      )
    default: {
      const { waitIds } = reply
      const list = waitIds.join(', ')
      return new HeddleError(
        'AMBIGUOUS_WAIT',
        `run "${runId}" has ${waitIds.length} open waits named "${wait}"; resume one by its id: ${list}`,
        {
          details: { ...details, waitIds },
        },
      )
    }
  }
}

/**
 * Asks a run to end as cancelled. One that has ended is left as it is.
 *
 * @throws HeddleError `UNKNOWN_RUN`
 */
export async function cancelRun({ store, enqueue }: RunRequestOptions, runId: string, reason?: string): Promise<void> {
  const reply = await store.cancel(runId, reason, false)
  if (reply.status === 'accepted') await enqueue([reply.job])
  else if (reply.status === 'unknown-run') {
    throw new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
  }
}

/** Whether only something external can move a run and its child runs; then nobody has anything to do for it. */
export async function isAtRest(store: ICoordinationStore, { underWay, waits, children }: RunHead): Promise<boolean> {
  if (underWay > 0) return false
  for (const childId of children) {
    const child = await store.readRun(childId)
    if (child?.status !== 'live' || !(await isAtRest(store, child))) return false
  }
  return waits.length + children.length > 0
}
