import {
  checkId,
  HeddleError,
  type AttemptRef,
  type ClaimReply,
  type ClaimRequest,
  type JournalEntry,
  type NextClaim,
  type ReleaseReply,
  type StartReply,
  type StartRequest,
  type StoredResumption,
  type VisitName,
} from '@heddle/core'
import { claimScript } from '../lua/claim.ts'
import { recordStepScript } from '../lua/record-step.ts'
import { releaseScript } from '../lua/release.ts'
import { renewScript } from '../lua/renew.ts'
import { startScript } from '../lua/start.ts'
import { ArgumentList, wholeMs } from './argument-list.ts'
import { addDispatches, jobsOf } from './commits.ts'
import { isMissing, listOf, optionalNumber, optionalText, pairsOf, parse, present, textOf, textsOf } from './reply.ts'
import { dispatchJob, wakeJob } from './run-jobs.ts'
import type { RunScripts } from './run-scripts.ts'
import { cellsOf, sharedOf } from './stored-cells.ts'
import { standingOf } from './turns.ts'

/** `IRunRecords.start`. @throws HeddleError `INVALID_ID`, `STORE_UNAVAILABLE` */
export async function start(scripts: RunScripts, request: StartRequest): Promise<StartReply> {
  const { runId, workflowId, definitionHash, input, onFailure, deadlineMs, parent, tags, shared, journal, beginning } =
    request
  const problem = checkId(runId)
  if (problem !== undefined) throw new HeddleError('INVALID_ID', problem, { details: { runId: runId.slice(0, 140) } })
  const values = new ArgumentList().add(workflowId, definitionHash, input, onFailure)
  values.add(deadlineMs === undefined ? '' : wholeMs(deadlineMs), parent === undefined ? '' : JSON.stringify(parent))
  values.list(tags ?? [])
  values.record(shared, (text) => JSON.stringify({ version: 0, text }))
  values.list([...journal, ...(beginning?.journal ?? [])].map((entry) => JSON.stringify(entry)))
  values.add(beginning?.nonce ?? '')
  if (beginning !== undefined) {
    values.record(beginning.cells, (cell) => JSON.stringify(cell))
    addDispatches(values, beginning.dispatches)
  }
  const [status, detail] = listOf(await scripts.run(startScript, request, values))
  if (status === 'cancelled') return { status }
  if (status === 'conflict') return { status, what: detail as 'definition' | 'input' }
  const incarnation = status === 'existing' ? textOf(detail) : request.incarnation
  const run = { runId, incarnation, definitionHash }
  const isOwn = incarnation === request.incarnation && beginning !== undefined
  const jobs = isOwn ? jobsOf(run, beginning.dispatches, 0) : [wakeJob(run, 'begin')]
  return { status: status as 'started' | 'existing', incarnation, jobs }
}

/** `IRunRecords.claim`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function claim(scripts: RunScripts, request: ClaimRequest): Promise<ClaimReply> {
  const given = new ArgumentList().add(request.visitKey, request.dispatch, request.token)
  addClaim(given, request)
  const reply = await scripts.run(claimScript, request, given)
  return reply === null ? { status: 'unknown-run' } : claimReply(request, listOf(reply))
}

/** Adds what a claim asks for to the arguments of a script, after what names it. */
export function addClaim(list: ArgumentList, { leaseMs, cells, values, touches }: NextClaim): void {
  list.add(wholeMs(leaseMs)).list(cells).list(values)
  list.list(touches === undefined ? [] : ['run', ...touches.filter((name) => name !== 'run')])
}

/** What a script answers to a claim. */
export function claimReply(request: NextClaim, [status, ...rest]: readonly unknown[]): ClaimReply {
  if (status === 'early') return { status, delayMs: Number(rest[0]) }
  return status === 'claimed' ? claimed(request, rest) : { status: status as 'stale' | 'leased' }
}

function claimed({ cells, values }: NextClaim, reply: readonly unknown[]): ClaimReply {
  const [attempt, resumptionText, seq, at, input, cellTexts, valueTexts, ...more] = reply
  const [extra, extraText, shared, steps, expansions, standing] = more
  const resumption = optionalText(resumptionText)
  const found = present(values, valueTexts, textOf)
  if (!isMissing(extra) && !isMissing(extraText)) found[textOf(extra)] = textOf(extraText)
  return {
    status: 'claimed',
    attempt: Number(attempt),
    ...(resumption === undefined ? {} : { resumption: parse<StoredResumption>(resumption) }),
    started: { seq: Number(seq), at: Number(at) },
    input: textOf(input),
    cells: cellsOf(cells, cellTexts),
    values: found,
    shared: sharedOf(shared),
    steps: Object.fromEntries(pairsOf(steps)),
    expansions: textsOf(expansions),
    ...(isMissing(standing) ? {} : { standing: standingOf(standing) }),
  }
}

function attemptOf({ visitKey, dispatch, token }: AttemptRef): ArgumentList {
  return new ArgumentList().add(visitKey, dispatch, token)
}

/** `IRunRecords.renew`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function renew(scripts: RunScripts, attempt: AttemptRef, leaseMs: number): Promise<'renewed' | 'abort'> {
  const reply = await scripts.run(renewScript, attempt, attemptOf(attempt).add(wholeMs(leaseMs)))
  return reply === 'renewed' ? reply : 'abort'
}

/** `IRunRecords.release`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function release(scripts: RunScripts, attempt: AttemptRef): Promise<ReleaseReply> {
  const { runId, incarnation, visitKey } = attempt
  const reply = await scripts.run(releaseScript, attempt, attemptOf(attempt))
  const [status, definitionHash, detail, dispatch, queue, priority] = listOf(reply ?? ['stale'])
  if (status === 'stale') return { status }
  const run = { runId, incarnation, definitionHash: textOf(definitionHash) }
  if (status === 'lost') return { status: 'released', job: wakeJob(run, textOf(detail)) }
  const job = dispatchJob(run, {
    visit: parse<VisitName>(detail),
    visitKey,
    dispatch: Number(dispatch),
    delayMs: 0,
    queue: optionalText(queue),
    priority: optionalNumber(priority),
  })
  return { status: 'released', job }
}

/** `IRunRecords.recordStep`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function recordStep(
  scripts: RunScripts,
  attempt: AttemptRef,
  { name, text, entry }: { readonly name: string; readonly text: string; readonly entry: JournalEntry | undefined },
): Promise<'recorded' | 'existing' | 'stale'> {
  const values = attemptOf(attempt).add(name, text, entry === undefined ? '' : JSON.stringify(entry))
  const reply = await scripts.run(recordStepScript, attempt, values)
  return reply === 'recorded' || reply === 'existing' ? reply : 'stale'
}
