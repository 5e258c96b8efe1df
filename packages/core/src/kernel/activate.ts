import type { CompiledLoop } from '../graph/compiled-graph.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { stopRun } from './stop-run.ts'
import { visitCode } from './status-codes.ts'
import { nodeId, Visit } from './visit.ts'

/** Starts a visit whose join fired: it is live and ready from now on. */
export function startVisit(control: Control, frame: Frame, node: number): void {
  const isHeader = frame.loop !== -1 && control.graph.loops[frame.loop]?.header === node
  if (isHeader && !beginIteration(control, frame)) return
  frame.activation.live++
  frame.setStatus(node, visitCode.ready)
  control.facts?.push({ type: 'node.ready', nodeId: nodeId(control.graph, node), iteration: frame.path, attempt: 1 })
  control.dispatch(new Visit(node, frame))
}

/** Counts a new activation into the loop around it; false if the iteration is one too many and ended the run. */
function beginIteration(control: Control, frame: Frame): boolean {
  if (frame.iteration === 0) {
    if (frame.parent !== undefined) frame.parent.activation.live++
    return true
  }
  const { header, maxIterations } = control.graph.loops[frame.loop] as CompiledLoop
  if (frame.iteration < maxIterations) return true
  const id = nodeId(control.graph, header)
  stopRun(
    control,
    'failed',
    new HeddleError(
      'MAX_ITERATIONS',
      `the loop at node "${id}" reached its limit of ${maxIterations} iterations; raise config.maxIterations of that node or end the loop earlier`,
      { details: { nodeId: id, maxIterations } },
    ),
    header,
  )
  return false
}

/** Remembers in every loop around a frame that a visit inside failed unhandled or was cut off: untaken exits become failed. */
export function markCutOff(frame: Frame, cause: number): void {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const { activation } = at
    if (activation.cutOffBy === -1 || cause < activation.cutOffBy) activation.cutOffBy = cause
  }
}
