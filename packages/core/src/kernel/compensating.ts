import type { Undoing } from '../model/cell.ts'
import type { Outcome } from '../model/outcome.ts'
import { cancelVisit, settleUnstarted } from './cancel-visit.ts'
import { noteCompletion } from './completion.ts'
import type { Control } from './control.ts'
import { noteFailure } from './failure.ts'
import type { KernelEvent } from './kernel-event.ts'
import { noteItem } from './map-items.ts'
import { noteDone, noteFailedAttempt, noteUnknown } from './note-undo.ts'
import { forEachOpen } from './open-visits.ts'
import { skipReason } from './skip-reason.ts'
import { isLive, visitCode } from './status-codes.ts'
import { cutOffUndoing, decideUndoing } from './undo-visit.ts'
import type { UndoLog } from './undo-log.ts'
import { undoWhenSettled } from './undo-next.ts'
import { setStatus, statusOf } from './visit-status.ts'
import { CompensationVisit, isAmong, nameVisit, Visit } from './visit.ts'

/** A run that stopped in order to be compensated, and awaits what was under way. */
interface Awaiting {
  readonly control: Control
  readonly log: UndoLog
  readonly undoing: Undoing
}

/**
 * Decides an event of a run that is being compensated. What was under way is awaited; a cancel or a deadline cuts it off, and ends
 * nothing else: what completed is undone in any case.
 */
export function decideCompensating(control: Control, event: KernelEvent): boolean {
  const { log } = control
  const { undoing } = control.run
  if (log === undefined || undoing === undefined) return false
  if ('visit' in event && event.visit instanceof CompensationVisit) {
    return decideUndoing(control, log, undoing, event.visit, event)
  }
  const awaiting = { control, log, undoing }
  if (event.type === 'cancel') return cancelLate(awaiting)
  if (undoing.status !== visitCode.pending) return rejectLate(control, event)
  switch (event.type) {
    case 'started':
      if (statusOf(event.visit) === visitCode.ready) setStatus(event.visit, visitCode.running)
      return true
    case 'settled':
      return settle(awaiting, event.visit, event.outcome)
    case 'dropped':
      return settle(awaiting, event.visit, undefined)
    case 'recalled':
      return settleRecalled(awaiting, event)
    case 'limit':
      cutShort(awaiting)
      return true
    default:
      return false
  }
}

/** A cancel keeps nobody from undoing what completed. It ends the wait for what may never come. */
function cancelLate({ control, log, undoing }: Awaiting): boolean {
  if (undoing.isCancelled === true) return false
  const message =
    'the run was cancelled while it is compensated: what completed is undone all the same, and the run ends failed; what may never end is waited for no more'
  control.facts?.push({ type: 'warning', code: 'CANCELLED_TOO_LATE', message })
  const cancelled = { ...undoing, isCancelled: true }
  control.run.undoing = cancelled
  if (undoing.status === visitCode.pending) cutShort({ control, log, undoing: cancelled })
  else cutOffUndoing(control, log, cancelled)
  return true
}

function rejectLate({ facts, graph }: Control, event: KernelEvent): boolean {
  if (event.type === 'settled') {
    const reason = 'the visit was cut off, and its run is being compensated'
    facts?.push({ type: 'outcome.rejected', ...nameVisit(graph, event.visit), reason })
  }
  return false
}

/** @param outcome undefined for an attempt that came to nothing, though nobody knows what it did */
function settle(awaiting: Awaiting, visit: Visit, outcome: Outcome | undefined): boolean {
  const { control } = awaiting
  const status = statusOf(visit)
  if (!isLive(status) || status === visitCode.waiting) {
    const reason = 'the visit has settled before'
    control.facts?.push({ type: 'outcome.rejected', ...nameVisit(control.graph, visit), reason })
    return false
  }
  if (outcome === undefined || outcome.status === 'suspended') giveUp(control, visit)
  else settleAwaited(control, visit, outcome)
  goOn(awaiting, awaiting.undoing.awaited - 1)
  return true
}

/** The visit settles by what its attempt came to. Nothing follows from it: no edge is marked, no attempt is made again. */
function settleAwaited(control: Control, visit: Visit, outcome: Exclude<Outcome, { status: 'suspended' }>): void {
  const { facts } = control
  if (outcome.status === 'skipped') {
    setStatus(visit, visitCode.skipped)
    facts?.push({ type: 'node.skipped', ...nameVisit(control.graph, visit), reason: { type: 'when' } })
    return
  }
  const isCompleted = outcome.status === 'completed'
  setStatus(visit, isCompleted ? visitCode.completed : visitCode.failed)
  if (visit.item !== -1) {
    if (facts !== undefined) noteItem(control, visit, outcome)
  } else if (isCompleted) {
    if (facts !== undefined) noteCompletion(control, visit, outcome)
  } else {
    noteFailure(control, visit, outcome, undefined)
    control.failures.push(outcome.error)
  }
  if (isCompleted) noteDone(control, visit, outcome)
  else noteFailedAttempt(control, visit, outcome.error)
}

/** By now it is known which visits had begun when the run stopped. */
function settleRecalled(awaiting: Awaiting, event: KernelEvent & { readonly type: 'recalled' }): boolean {
  const { control, undoing } = awaiting
  if (!undoing.isRecalling) return false
  const isLost = isAmong(control.graph, event.lost)
  let { awaited } = undoing
  for (const visit of event.unstarted) {
    if (!isLive(statusOf(visit))) continue
    if (isLost(visit)) giveUp(control, visit)
    else settleUnstarted(control, visit, skipReason(control.graph, undoing.cause))
    awaited--
  }
  for (const visit of event.cutOff) noteUnknown(control, visit)
  const recalled = { ...awaiting, undoing: { ...undoing, isRecalling: false, awaited } }
  if (undoing.isCutShort) cutShort(recalled)
  else goOn(recalled, awaited)
  return true
}

/** Nobody knows what the attempts of a visit did. */
function giveUp(control: Control, visit: Visit): void {
  cancelVisit(control, visit)
  noteUnknown(control, visit)
}

/** Cuts off what is awaited. */
function cutShort(awaiting: Awaiting): void {
  const { control, log, undoing } = awaiting
  if (undoing.isRecalling) {
    control.run.undoing = { ...undoing, isCutShort: true }
    return
  }
  log.requireAll()
  const cutOff: Visit[] = []
  forEachOpen(control, (frame, node) => {
    const fallback = control.graph.fallbackOf[node] as number
    const visits = [new Visit(node, frame)]
    if (fallback !== -1) visits.push(new Visit(fallback, frame, -1, node))
    for (const visit of visits) {
      const items = frame.items(visit.itemsKey)
      for (let item = 0; item < (items?.next ?? 0); item++) {
        cutOffLive(control, new Visit(visit.node, frame, item, visit.insteadOf), cutOff)
      }
      cutOffLive(control, visit, cutOff)
    }
  })
  if (cutOff.length > 0) control.effects.push({ type: 'abort', visits: cutOff })
  goOn(awaiting, 0)
}

function cutOffLive(control: Control, visit: Visit, cutOff: Visit[]): void {
  if (!isLive(statusOf(visit))) return
  giveUp(control, visit)
  cutOff.push(visit)
}

function goOn({ control, log, undoing }: Awaiting, awaited: number): void {
  const next = { ...undoing, awaited }
  control.run.undoing = next
  undoWhenSettled(control, log, next)
}
