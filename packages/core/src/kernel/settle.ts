import type { Control } from './control.ts'
import { markCutOff, startVisit } from './activate.ts'
import type { Activation, Frame } from './frame.ts'
import { decideJoin, joinVerdict } from './join.ts'
import { endLoop } from './loop-end.ts'
import { writeMark } from './marks.ts'
import { markCode, visitCode } from './status-codes.ts'
import { noteUnneededFallbacks } from './unneeded-fallbacks.ts'
import { nodeId } from './visit.ts'

/** Gives every outgoing edge of a node the same mark. */
export function markAll(control: Control, frame: Frame, node: number, mark: number, cause: number): void {
  const { outStart, outEdges } = control.graph
  const end = outStart[node + 1] as number
  for (let at = outStart[node] as number; at < end; at++) writeMark(control, frame, outEdges[at] as number, mark, cause)
}

/**
 * Ends the settlement of a visit whose marks are written: resolves the joins that they touch, the skips that follow in turn, and
 * the loops that end by it. An explicit worklist, so that a skip may spread over any number of nodes.
 */
export function finishSettlement(control: Control, activation: Activation): void {
  resolveJoins(control)
  leave(control, activation)
  endQuietLoops(control)
}

/** Counts one live visit or activation out of an activation. */
export function leave(control: Control, activation: Activation): void {
  activation.live--
  if (activation.live === 0) control.quiet.push(activation)
}

/** Ends loops in which nothing is live any more; what their exits start may keep loops further out alive. */
function endQuietLoops(control: Control): void {
  const { quiet } = control
  for (let activation = quiet.pop(); activation !== undefined; activation = quiet.pop()) {
    if (activation.live !== 0 || activation.ended || !activation.hasBegun) continue
    if (activation.parent === undefined) {
      endRun(control)
      continue
    }
    endLoop(control, activation)
    resolveJoins(control)
    leave(control, activation.parent.activation)
  }
}

/** Ends a run in which no visit is live: completed, unless a failure was left unhandled. */
function endRun(control: Control): void {
  const { run, root } = control
  if (run.phase !== 'live') return
  root.activation.ended = true
  run.phase = run.failed ? 'failed' : 'completed'
  noteUnneededFallbacks(control)
  control.effects.push({ type: 'settle', status: run.phase })
}

/** Resolves every join that got a mark, until no mark is left to look at. */
export function resolveJoins(control: Control): void {
  const { marked } = control
  while (marked.advance()) resolveJoin(control, marked.frame, marked.node)
}

function resolveJoin(control: Control, frame: Frame, node: number): void {
  if (control.run.phase !== 'live' || frame.status(node) !== visitCode.pending) return
  const laterHeader = frame.iteration > 0 && control.graph.loops[frame.loop]?.header === node
  const failed = frame.joinFailed(node)
  const verdict = decideJoin(
    control.graph.joins[node] as NonNullable<(typeof control.graph.joins)[number]>,
    frame.joinTotal(node),
    frame.joinTaken(node),
    frame.joinSkipped(node),
    failed,
    laterHeader,
  )
  if (verdict === joinVerdict.fire) startVisit(control, frame, node)
  else if (verdict === joinVerdict.skip && !laterHeader) skipVisit(control, frame, node, failed > 0)
}

/** Skips a node that nothing chose, or that a failure cut off, and passes that on along its edges. */
function skipVisit(control: Control, frame: Frame, node: number, cutOff: boolean): void {
  const { graph, facts } = control
  frame.setStatus(node, visitCode.skipped)
  const cause = cutOff ? frame.cutOffBy(node) : -1
  if (facts !== undefined) {
    const reason = cutOff ? ({ type: 'cut-off', by: nodeId(graph, cause) } as const) : ({ type: 'not-chosen' } as const)
    facts.push({ type: 'node.skipped', nodeId: nodeId(graph, node), iteration: frame.path, reason })
  }
  if (frame.loop !== -1 && graph.loops[frame.loop]?.header === node) beginSkippedLoop(control, frame)
  if (cutOff) markCutOff(frame, cause)
  markAll(control, frame, node, cutOff ? markCode.failed : markCode.skipped, cause)
}

/** A loop whose header is skipped at once has an activation all the same, so that its exits get their marks. */
export function beginSkippedLoop(control: Control, frame: Frame): void {
  const { activation } = frame
  if (activation.parent !== undefined) activation.parent.activation.live++
  control.quiet.push(activation)
}
