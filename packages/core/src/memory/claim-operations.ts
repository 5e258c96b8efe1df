import type { JournalEntry } from '../model/stored-event.ts'
import type { AttemptRef, ClaimReply, ClaimRequest, RunHead } from '../ports/run-records.ts'
import type { Dispatch, MemoryRun } from './memory-run.ts'
import { describeStanding } from './run-standing.ts'

/** `IRunRecords.claim` on one run. */
export function claim(run: MemoryRun, request: ClaimRequest, now: number): ClaimReply {
  const { visitKey, token, leaseMs } = request
  const dispatch = run.dispatches.get(visitKey)
  const isCurrent = run.isLive && dispatch?.dispatch === request.dispatch && dispatch.delivered === undefined
  if (dispatch === undefined || !isCurrent) return { status: 'stale' }
  if (dispatch.notBefore > now) return { status: 'early', delayMs: dispatch.notBefore - now }
  if (dispatch.token !== token) {
    if (dispatch.leaseUntil !== undefined && dispatch.leaseUntil > now) return { status: 'leased' }
    // Whoever asks for the end of a run need not see that another visit begins.
    if (dispatch.isLast === true || run.inbox.has('cancel')) return { status: 'stale' }
    if (dispatch.token !== undefined) (dispatch.earlierTokens ??= []).push(dispatch.token)
    dispatch.token = token
    dispatch.hasRecorded = false
    const { visit, attempt, startEntry } = dispatch
    run.write([startEntry ?? { fact: { type: 'node.started', ...visit, attempt } }], now)
    dispatch.started = { seq: run.journal.length, at: now }
  }
  dispatch.leaseUntil = now + leaseMs
  run.due.set(`d:${visitKey}`, dispatch.leaseUntil)
  return describeClaim(run, request, dispatch)
}

function describeClaim(
  run: MemoryRun,
  { visitKey, cells, values, touches }: ClaimRequest,
  dispatch: Dispatch,
): ClaimReply {
  const { resumption, attempt } = dispatch
  const names = resumption?.value === undefined ? values : [...values, resumption.value]
  const isStill = touches !== undefined && run.turn === undefined && run.inbox.size === 0
  return {
    status: 'claimed',
    attempt,
    ...(resumption === undefined ? {} : { resumption }),
    started: dispatch.started ?? { seq: 0, at: 0 },
    input: run.start.input,
    cells: run.readCells(cells),
    values: run.readValues(names),
    shared: run.sharedCells(),
    steps: Object.fromEntries(run.steps.get(visitKey) ?? []),
    expansions: [...run.expansions],
    ...(isStill ? { standing: describeStanding(run, touches) } : {}),
  }
}

/** Whether a dispatch, or one that it repeats, was claimed more than once: nothing is known of what the other attempts did. */
export function hasLost({ lost, earlierTokens, releasedBy }: Dispatch): boolean {
  return lost > 0 || earlierTokens !== undefined || releasedBy !== undefined
}

/** The dispatch of an attempt, if it is the current one and has no outcome. */
export function currentOf(run: MemoryRun, { visitKey, dispatch, token }: AttemptRef): Dispatch | undefined {
  const current = run.dispatches.get(visitKey)
  const isCurrent =
    run.isLive && current?.dispatch === dispatch && current.token === token && current.delivered === undefined
  return isCurrent ? current : undefined
}

/** `IRunRecords.renew` on one run. */
export function renew(run: MemoryRun, attempt: AttemptRef, leaseMs: number, now: number): 'renewed' | 'abort' {
  const current = currentOf(run, attempt)
  if (current === undefined) return 'abort'
  current.leaseUntil = now + leaseMs
  run.due.set(`d:${attempt.visitKey}`, current.leaseUntil)
  return 'renewed'
}

/** `IRunRecords.recordStep` on one run. */
export function recordStep(
  run: MemoryRun,
  attempt: AttemptRef,
  { name, text, entry }: { readonly name: string; readonly text: string; readonly entry: JournalEntry | undefined },
  now: number,
): 'recorded' | 'existing' | 'stale' {
  const current = currentOf(run, attempt)
  if (current === undefined) return 'stale'
  let steps = run.steps.get(attempt.visitKey)
  if (steps === undefined) {
    steps = new Map()
    run.steps.set(attempt.visitKey, steps)
  }
  if (steps.has(name)) return 'existing'
  steps.set(name, text)
  current.hasRecorded = true
  if (entry !== undefined) run.write([entry], now)
  return 'recorded'
}

/** `IRunRecords.readRun` on one run. */
export function describeRun(run: MemoryRun): RunHead {
  const { runId, incarnation, workflowId, definitionHash, onFailure, parent } = run.start
  const dueAt = run.due.next()
  return {
    runId,
    incarnation,
    workflowId,
    definitionHash,
    status: run.status,
    onFailure,
    revision: run.revision,
    seq: run.journal.length,
    startedAt: run.startedAt,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(parent === undefined ? {} : { parent }),
    ...(run.stalledBy === undefined ? {} : { stalledBy: run.stalledBy }),
    underWay: run.underWay,
    waits: run.openWaits(),
    children: [...run.children].filter(([, { hasSettled }]) => !hasSettled).map(([id]) => id),
    failures: [...run.failures],
    ...(run.outputValue === undefined ? {} : { outputValue: run.outputValue }),
    expansions: [...run.expansions],
    ...(dueAt === undefined ? {} : { dueAt }),
  }
}
