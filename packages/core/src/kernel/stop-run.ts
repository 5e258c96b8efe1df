import type { HeddleError } from '../errors/heddle-error.ts'
import type { SkipReason } from '../model/visit.ts'
import { beginCompensation } from './begin-compensation.ts'
import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { forEachOpen } from './open-visits.ts'
import { isLive, visitCode } from './status-codes.ts'
import { skipReason } from './skip-reason.ts'
import { noteUnneededFallbacks } from './unneeded-fallbacks.ts'
import { nameVisit, nodeId, Visit } from './visit.ts'

/**
 * Ends a run at once: a failure under `onFailure: 'stop'`, a cancel, a limit. Attempts under way are aborted and end cancelled,
 * nothing more starts, the rest is skipped. Touches every node once. Under `onFailure: 'compensate'` a failure has what completed
 * undone first.
 *
 * @param cause index of the node whose failure ends the run, or -1
 */
export function stopRun(
  control: Control,
  phase: 'failed' | 'cancelled',
  failure: HeddleError | undefined,
  cause: number,
): void {
  const { run, graph } = control
  if (run.phase !== 'live') return
  if (phase === 'failed' && control.log !== undefined) {
    beginCompensation(control, control.log, failure, cause)
    return
  }
  run.phase = phase
  if (phase === 'failed') run.failed = true
  if (failure !== undefined) control.failures.push(failure)
  control.ready.clear()
  control.marked.clear()
  control.quiet.length = 0
  const reason = skipReason(graph, cause)
  forEachOpen(control, (frame, node) => closeVisit(control, frame, node, reason))
  noteUnneededFallbacks(control)
  control.effects.push({ type: 'stop' }, { type: 'settle', status: phase })
}

function closeVisit(control: Control, frame: Frame, node: number, reason: SkipReason): void {
  const { facts, graph } = control
  const status = frame.status(node)
  const isUntouched = status === visitCode.pending || (status === visitCode.ready && !frame.wasAttempted(node))
  if (isUntouched) {
    if (!frame.has(node)) return
    frame.setStatus(node, visitCode.skipped)
    facts?.push({ type: 'node.skipped', nodeId: nodeId(graph, node), iteration: frame.path, reason })
    return
  }
  if (!isLive(status)) return
  const fallback = graph.fallbackOf[node] as number
  if (fallback !== -1 && isLive(frame.fallbackStatus(node))) {
    frame.setFallbackStatus(node, visitCode.cancelled)
    frame.setStatus(node, visitCode.failed)
    facts?.push({ type: 'node.cancelled', ...nameVisit(graph, new Visit(fallback, frame, -1, node)) })
    return
  }
  frame.setStatus(node, visitCode.cancelled)
  facts?.push({ type: 'node.cancelled', nodeId: nodeId(graph, node), iteration: frame.path })
}
