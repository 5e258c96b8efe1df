import type { HeddleError } from '../errors/heddle-error.ts'
import { edgeGuard } from '../graph/edge-keys.ts'
import { toErrorData } from '../model/error-data.ts'
import type { FailedOutcome } from '../model/outcome.ts'
import { markCutOff } from './activate.ts'
import type { Control } from './control.ts'
import { writeMark } from './marks.ts'
import { noteFailedAttempt } from './note-undo.ts'
import { nextAttemptDelayMs } from './retry.ts'
import { routeFailed } from './route-edges.ts'
import { stopRun } from './stop-run.ts'
import { finishSettlement, markAll } from './settle.ts'
import { markCode, visitCode } from './status-codes.ts'
import { nameVisit, nodeId, Visit } from './visit.ts'

/** Tries a failed visit again if its policy allows; the visit is then ready, with a time. */
export function retryVisit(control: Control, visit: Visit, error: HeddleError, random: number): boolean {
  const delayMs = nextAttemptDelayMs(control.graph, visit, error, random)
  if (delayMs === undefined) return false
  noteRetry(control, visit, error, delayMs)
  control.dispatchLater(visit, delayMs)
  return true
}

/** Counts the next attempt of a visit that is tried again. */
export function noteRetry(control: Control, visit: Visit, error: HeddleError, delayMs: number): void {
  noteFailedAttempt(control, visit, error)
  control.facts?.push({
    type: 'node.retrying',
    ...nameVisit(control.graph, visit),
    error: toErrorData(error),
    attempt: visit.attempt,
    delayMs,
  })
  visit.attempt++
  visit.lastError = error
  visit.resumption = undefined
}

/**
 * Whether the final failure of a visit ends its run at once: nothing handles it, and the run does not go on without what failed. The
 * failure of an item only ever ends its map.
 */
export function endsRun(control: Control, visit: Visit, outcome: FailedOutcome): boolean {
  if (control.onFailure === 'continue' || visit.item !== -1) return false
  if (visit.insteadOf !== -1) return true
  return takenErrorEdge(control, visit, outcome) === -1 && control.graph.fallbackOf[visit.node] === -1
}

/**
 * Decides what the final failure of a visit means: an error edge that is taken handles it; else the fallback runs in its place; else
 * it is unhandled.
 */
export function failVisit(control: Control, visit: Visit, outcome: FailedOutcome): void {
  const { node, frame } = visit
  noteFailedAttempt(control, visit, outcome.error)
  const handler = takenErrorEdge(control, visit, outcome)
  if (handler !== -1) {
    noteFailure(control, visit, outcome, nodeId(control.graph, control.graph.edgeTarget[handler] as number))
    frame.setStatus(node, visitCode.failed)
    markHandled(control, visit, outcome)
    finishSettlement(control, frame.activation)
    return
  }
  const fallback = control.graph.fallbackOf[node] as number
  if (fallback === -1) failUnhandled(control, visit, outcome)
  else startFallback(control, visit, outcome, fallback)
}

/** Writes the fact about the final failure of a visit. */
export function noteFailure(
  control: Control,
  visit: Visit,
  outcome: FailedOutcome,
  handledBy: string | undefined,
): void {
  const { error, conditions, transformed } = outcome
  control.facts?.push({
    type: 'node.failed',
    ...nameVisit(control.graph, visit),
    error: toErrorData(error),
    attempt: visit.attempt,
    ...(handledBy === undefined ? {} : { handledBy }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(transformed === undefined ? {} : { transformed }),
  })
}

/** The first error edge that the failure takes, or -1. */
function takenErrorEdge(control: Control, visit: Visit, outcome: FailedOutcome): number {
  const { outStart, outEdges, edgeGuards } = control.graph
  const start = outStart[visit.node] as number
  for (let at = start; at < (outStart[visit.node + 1] as number); at++) {
    const edge = outEdges[at] as number
    if (edgeGuards[edge] !== edgeGuard.error) continue
    if (routeFailed(control.graph, edge, at - start, { conditions: outcome.conditions }) === markCode.taken) return edge
  }
  return -1
}

function markHandled(control: Control, visit: Visit, outcome: FailedOutcome): void {
  const { outStart, outEdges } = control.graph
  const start = outStart[visit.node] as number
  for (let at = start; at < (outStart[visit.node + 1] as number); at++) {
    const edge = outEdges[at] as number
    writeMark(
      control,
      visit.frame,
      edge,
      routeFailed(control.graph, edge, at - start, { conditions: outcome.conditions }),
      -1,
    )
  }
}

/** The failed visit waits, and so keeps its loops live, until its fallback has settled. */
function startFallback(control: Control, visit: Visit, outcome: FailedOutcome, fallback: number): void {
  const { node, frame } = visit
  noteFailure(control, visit, outcome, nodeId(control.graph, fallback))
  frame.setStatus(node, visitCode.waiting)
  frame.setFallbackStatus(node, visitCode.ready)
  if (!control.run.usedFallbacks.includes(fallback)) control.run.usedFallbacks.push(fallback)
  const substitute = new Visit(fallback, frame, -1, node)
  control.facts?.push({ type: 'node.ready', ...nameVisit(control.graph, substitute), attempt: 1 })
  control.dispatch(substitute)
}

/** Nothing handles the failure: what follows is cut off, and under `stop` the run ends. */
function failUnhandled(control: Control, visit: Visit, outcome: FailedOutcome): void {
  const { node, frame } = visit
  noteFailure(control, visit, outcome, undefined)
  frame.setStatus(node, visitCode.failed)
  propagateFailure(control, visit, node, outcome.error)
}

/** The fallback failed too: both visits are failed, unhandled. */
export function failFallback(control: Control, visit: Visit, error: HeddleError): void {
  const { frame, insteadOf } = visit
  noteFailedAttempt(control, visit, error)
  noteFailure(control, visit, { status: 'failed', error }, undefined)
  frame.setFallbackStatus(insteadOf, visitCode.failed)
  frame.setStatus(insteadOf, visitCode.failed)
  propagateFailure(control, visit, insteadOf, error)
}

function propagateFailure(control: Control, visit: Visit, node: number, error: HeddleError): void {
  control.run.failed = true
  control.failures.push(error)
  if (control.onFailure !== 'continue') {
    stopRun(control, 'failed', undefined, node)
    return
  }
  markCutOff(visit.frame, node)
  markAll(control, visit.frame, node, markCode.failed, node)
  finishSettlement(control, visit.frame.activation)
}
