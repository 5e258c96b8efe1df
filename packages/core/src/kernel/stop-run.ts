import type { HeddleError } from '../errors/heddle-error.ts'
import type { SkipReason } from '../model/visit.ts'
import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { isLive, visitCode } from './status-codes.ts'
import { nameVisit, nodeId, Visit } from './visit.ts'

/**
 * Ends a run at once: a failure under `onFailure: 'stop'`, a cancel, a limit. Attempts under way are aborted and end cancelled,
 * nothing more starts, the rest is skipped. Touches every node once.
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
  run.phase = phase
  if (phase === 'failed') run.failed = true
  if (failure !== undefined) control.failures.push(failure)
  control.ready.clear()
  control.marked.clear()
  control.quiet.length = 0
  closeFrames(control, cause === -1 ? { type: 'run-ended' } : { type: 'cut-off', by: nodeId(graph, cause) })
  noteUnneededFallbacks(control)
  control.effects.push({ type: 'stop' }, { type: 'settle', status: phase })
}

/** At the end of a run, a fallback node that nobody needed is skipped. */
export function noteUnneededFallbacks({ facts, graph, run }: Control): void {
  if (facts === undefined) return
  for (const fallback of new Set(graph.fallbackOf)) {
    if (fallback === -1 || run.usedFallbacks.includes(fallback)) continue
    facts.push({ type: 'node.skipped', nodeId: nodeId(graph, fallback), iteration: [], reason: { type: 'not-needed' } })
  }
}

/** Settles whatever is open in the run's frames. A worklist, since loops may be nested to any depth. */
function closeFrames(control: Control, reason: SkipReason): void {
  const { graph } = control
  const nodesByLoop = new Map<number, number[]>()
  for (let node = 0; node < graph.nodes.length; node++) {
    if (graph.isFallback[node] === 1) continue
    const loop = graph.loopOf[node] as number
    const nodes = nodesByLoop.get(loop)
    if (nodes === undefined) nodesByLoop.set(loop, [node])
    else nodes.push(node)
  }
  const open: Frame[] = [control.root]
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    if (isUnreachedIteration(control, frame)) continue
    for (const loop of graph.loops) if (loop.parent === frame.loop) open.push(...frame.openFrames(loop.index))
    for (const node of nodesByLoop.get(frame.loop) ?? []) closeVisit(control, frame, node, reason)
  }
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

/** An iteration after the first whose header never started: marks lead to it, but there are no visits in it. */
function isUnreachedIteration({ graph }: Control, frame: Frame): boolean {
  const header = graph.loops[frame.loop]?.header
  return frame.iteration > 0 && header !== undefined && frame.status(header) === visitCode.pending
}
