import type { Outcome, Resumption } from '../model/outcome.ts'
import { decideCompensating } from './compensating.ts'
import { completeVisit, skipStartedVisit } from './completion.ts'
import type { Control } from './control.ts'
import { failFallback, failVisit, retryVisit } from './failure.ts'
import type { KernelEvent } from './kernel-event.ts'
import { openItems, settleItem } from './map-items.ts'
import { noteLostAttempt } from './note-undo.ts'
import { resolveJoins } from './settle.ts'
import { isLive, visitCode } from './status-codes.ts'
import { stopRun } from './stop-run.ts'
import { setStatus, statusOf } from './visit-status.ts'
import { isPlainVisit, nameVisit, nodeId, type Visit } from './visit.ts'

/**
 * The kernel: (compiled graph, run state, event) → (changes to the state, effects to carry out). It changes `control`, and leaves
 * what has to be carried out in `control.ready` and `control.effects`, what happened in `control.facts`.
 *
 * Deterministic, and idempotent: an event that does not fit the state, such as a second delivery of an outcome, changes nothing.
 *
 * @returns whether the event was accepted
 */
export function decide(control: Control, event: KernelEvent): boolean {
  const { run } = control
  if (event.type === 'begin') return begin(control)
  if (run.phase !== 'live') return run.phase === 'compensating' && decideCompensating(control, event)
  switch (event.type) {
    case 'settled':
      return settle(control, event.visit, event.outcome, event.random)
    case 'started':
      return start(control, event.visit)
    case 'dropped':
      return drop(control, event.visit, event.lost)
    case 'resumed':
      return resume(control, event.visit, event.resumption)
    case 'cancel':
      stopRun(control, 'cancelled', undefined, -1)
      return true
    case 'limit':
      return limit(control, event)
    case 'recalled':
      return false
  }
}

/** The time of a run is up: also where it is compensated, what is under way is not awaited. */
function limit(control: Control, event: KernelEvent & { readonly type: 'limit' }): boolean {
  stopRun(control, 'failed', event.error, -1)
  if (control.run.phase === 'compensating') decideCompensating(control, event)
  return true
}

function begin(control: Control): boolean {
  const { run, graph, root } = control
  if (run.phase !== 'created') return false
  run.phase = 'live'
  for (const node of graph.starts) {
    const loop = graph.loopOf[node] as number
    const frame = loop === -1 ? root : root.enter(loop)
    frame.markStart(node)
    control.marked.add(frame, node)
  }
  resolveJoins(control)
  return true
}

function start(control: Control, visit: Visit): boolean {
  if (statusOf(visit) !== visitCode.ready) return false
  setStatus(visit, visitCode.running)
  if (control.facts !== undefined) noteStart(control, visit)
  return true
}

function noteStart({ facts, graph }: Control, visit: Visit): void {
  const { attempt } = visit
  if (isPlainVisit(visit)) {
    facts?.push({ type: 'node.started', nodeId: nodeId(graph, visit.node), iteration: visit.frame.path, attempt })
  } else facts?.push({ type: 'node.started', ...nameVisit(graph, visit), attempt })
}

/** An attempt that never happened: its visit is ready as before. */
function drop(control: Control, visit: Visit, lost: number | undefined): boolean {
  const status = statusOf(visit)
  if (status !== visitCode.running && status !== visitCode.ready) return false
  noteLostAttempt(control, visit)
  setStatus(visit, visitCode.ready)
  const ready = { type: 'node.ready', ...nameVisit(control.graph, visit), attempt: visit.attempt } as const
  control.facts?.push(lost === undefined ? ready : { ...ready, lost })
  control.dispatch(visit)
  return true
}

function resume(control: Control, visit: Visit, resumption: Resumption): boolean {
  if (statusOf(visit) !== visitCode.waiting) return false
  setStatus(visit, visitCode.ready)
  control.facts?.push({ type: 'node.ready', ...nameVisit(control.graph, visit), attempt: visit.attempt })
  control.resume(visit, resumption)
  return true
}

function settle(control: Control, visit: Visit, outcome: Outcome, random: number): boolean {
  const status = statusOf(visit)
  if (!isLive(status) || status === visitCode.waiting) {
    control.facts?.push({
      type: 'outcome.rejected',
      ...nameVisit(control.graph, visit),
      reason: 'the visit has settled before',
    })
    return false
  }
  if (outcome.status === 'suspended') suspend(control, visit, outcome.on)
  else if (visit.item !== -1) settleItem(control, visit, outcome, random)
  else if (outcome.status === 'completed') completeVisit(control, visit, outcome)
  else if (outcome.status === 'skipped') skipStartedVisit(control, visit)
  else if (retryVisit(control, visit, outcome.error, random)) {
    setStatus(visit, visitCode.ready)
    visit.frame.noteAttempted(visit.routes)
  } else if (visit.insteadOf === -1) failVisit(control, visit, outcome)
  else failFallback(control, visit, outcome.error)
  return true
}

function suspend(control: Control, visit: Visit, on: Extract<Outcome, { status: 'suspended' }>['on']): void {
  setStatus(visit, visitCode.waiting)
  control.facts?.push({ type: 'node.suspended', ...nameVisit(control.graph, visit), waitsFor: on.type, on })
  if (on.type === 'items') openItems(control, visit, on)
  else control.effects.push({ type: 'suspend', visit, on })
}
