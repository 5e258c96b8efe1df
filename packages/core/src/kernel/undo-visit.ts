import { HeddleError } from '../errors/heddle-error.ts'
import type { Undoing } from '../model/cell.ts'
import { originalError, toErrorData } from '../model/error-data.ts'
import type { CompletedOutcome, Outcome, Suspension } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { Control } from './control.ts'
import type { KernelEvent } from './kernel-event.ts'
import { nextAttemptDelayMs } from './retry.ts'
import { isLive, visitCode } from './status-codes.ts'
import type { UndoLog } from './undo-log.ts'
import { undoNext } from './undo-next.ts'
import { CompensationVisit, nameVisit, type Visit } from './visit.ts'

/** Decides an event of the visit that undoes another one. */
export function decideUndoing(
  control: Control,
  log: UndoLog,
  undoing: Undoing,
  visit: CompensationVisit,
  event: KernelEvent,
): boolean {
  const undone = log.last()?.visit
  if (undone === undefined || !isSameVisit(undone, visit)) return false
  const setStatus = (status: number): void => {
    control.run.undoing = { ...undoing, status }
  }
  const { status } = undoing
  switch (event.type) {
    case 'started':
      if (status !== visitCode.ready) return false
      setStatus(visitCode.running)
      control.facts?.push(undoStarted(control, visit))
      return true
    case 'settled':
      if (!isLive(status) || status === visitCode.waiting) return false
      return settle({ control, log, undoing }, visit, event.outcome, event.random)
    case 'dropped':
      if (!isLive(status) || status === visitCode.waiting) return false
      setStatus(visitCode.ready)
      noteDropped(control, visit, event.lost)
      control.dispatch(visit)
      return true
    case 'resumed':
      if (status !== visitCode.waiting) return false
      setStatus(visitCode.ready)
      control.resume(visit, event.resumption)
      return true
    default:
      return false
  }
}

function isSameVisit(visit: Visit, other: Visit): boolean {
  const { node, frame, item, insteadOf } = visit
  return node === other.node && frame === other.frame && item === other.item && insteadOf === other.insteadOf
}

/** The visit that is undone. */
function nameUndone({ graph }: Control, visit: Visit): VisitName {
  const { compensates: _compensates, ...name } = nameVisit(graph, visit)
  return name
}

/** The fact about the beginning of an attempt to undo a visit. */
export function undoStarted(control: Control, visit: CompensationVisit): RunFact {
  const { isOutcomeKnown = false } = control.run.undoing ?? {}
  const { attempt } = visit
  return { type: 'compensation.started', ...nameUndone(control, visit), attempt, isOutcomeKnown }
}

function noteDropped({ facts, graph }: Control, visit: CompensationVisit, lost: number | undefined): void {
  const { attempt } = visit
  facts?.push({ type: 'node.ready', ...nameVisit(graph, visit), attempt, ...(lost === undefined ? {} : { lost }) })
}

interface Undone {
  readonly control: Control
  readonly log: UndoLog
  readonly undoing: Undoing
}

function settle(undone: Undone, visit: CompensationVisit, outcome: Outcome, random: number): boolean {
  const { control, log, undoing } = undone
  if (outcome.status === 'suspended') {
    const { on } = outcome
    const endlessAttempt = isEndless(on) ? visit.attempt : 0
    if (endlessAttempt !== 0 && undoing.isCancelled === true) {
      giveUp(undone, visit)
      return true
    }
    control.run.undoing = { ...undoing, status: visitCode.waiting, endlessAttempt }
    control.facts?.push({ type: 'node.suspended', ...nameVisit(control.graph, visit), waitsFor: on.type, on })
    control.effects.push({ type: 'suspend', visit, on })
    return true
  }
  if (outcome.status === 'failed') {
    if (retry(undone, visit, outcome.error, random)) return true
    noteFailed(control, visit, outcome.error)
  } else if (control.facts !== undefined) {
    noteUndone(control, visit, outcome.status === 'completed' ? outcome : undefined)
  }
  log.removeLast()
  undoNext(control, log, undoing)
  return true
}

/** Whether what is waited for may never come: an answer or a child run without a time limit, and nothing else beside it. */
function isEndless(on: Suspension): boolean {
  if (on.type === 'calls') return on.calls.every((call) => isEndless(call.on))
  return (on.type === 'wait' || on.type === 'child') && on.timeoutMs === undefined
}

/** The run was cancelled: what undoes a visit is not waited for if it waits for what may never come. */
export function cutOffUndoing(control: Control, log: UndoLog, undoing: Undoing): void {
  const { status, endlessAttempt = 0 } = undoing
  const entry = log.last()
  if (entry === undefined || status !== visitCode.waiting || endlessAttempt === 0) return
  const visit = new CompensationVisit(entry.visit, entry)
  visit.attempt = endlessAttempt
  giveUp({ control, log, undoing }, visit)
}

function giveUp({ control, log, undoing }: Undone, visit: CompensationVisit): void {
  const message = 'the run was cancelled while what undoes the visit waited for an answer or a child run'
  noteFailed(control, visit, new HeddleError('RUN_CANCELLED', message, { details: { ...nameUndone(control, visit) } }))
  control.effects.push({ type: 'abort', visits: [visit] })
  log.removeLast()
  undoNext(control, log, undoing)
}

function retry({ control, undoing }: Undone, visit: CompensationVisit, error: HeddleError, random: number): boolean {
  const delayMs = nextAttemptDelayMs(control.graph, visit, error, random)
  if (delayMs === undefined) return false
  noteUndoRetry(control, visit, error, delayMs)
  control.run.undoing = { ...undoing, status: visitCode.ready }
  control.dispatchLater(visit, delayMs)
  return true
}

/** Counts the next attempt to undo a visit. */
export function noteUndoRetry(control: Control, visit: CompensationVisit, error: HeddleError, delayMs: number): void {
  const { attempt } = visit
  const failure = { error: toErrorData(error), attempt, delayMs }
  control.facts?.push({ type: 'compensation.retrying', ...nameUndone(control, visit), ...failure })
  visit.attempt++
  visit.resumption = undefined
}

function noteUndone(control: Control, visit: CompensationVisit, outcome: CompletedOutcome | undefined): void {
  const name = nameUndone(control, visit)
  for (const { key, value, replace } of outcome?.writes ?? []) {
    control.facts?.push({ type: 'context.changed', ...name, key, value, ...(replace === true ? { replace } : {}) })
  }
  control.facts?.push({ type: 'compensation.completed', ...name })
}

function reasonOf(error: HeddleError): string {
  const thrown = originalError(error)
  return thrown instanceof Error ? thrown.message : error.message
}

/** What could not be undone is told by the errors of the run; what is left is undone all the same. */
function noteFailed(control: Control, visit: CompensationVisit, error: HeddleError): void {
  const name = nameUndone(control, visit)
  const failure = new HeddleError(
    'COMPENSATION_FAILED',
    `visit "${visitKey(name)}" could not be undone, so what it did may still stand: ${reasonOf(error)}`,
    { details: { ...name }, cause: error },
  )
  control.failures.push(failure)
  control.facts?.push({ type: 'compensation.failed', ...name, error: toErrorData(failure), attempt: visit.attempt })
}
