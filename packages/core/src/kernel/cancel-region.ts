import { loopsAround } from './cell-reach.ts'
import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { cutOffItems } from './map-items.ts'
import { noteUnknown } from './note-undo.ts'
import { isUnreachedIteration } from './open-visits.ts'
import { beginSkippedLoop, leave, markAll } from './settle.ts'
import { isLive, isSettled, markCode, visitCode } from './status-codes.ts'
import { nameVisit, Visit } from './visit.ts'

/**
 * Cuts off what a node that completed names in `cancels`: visits of the same iteration, of nodes further in those of every iteration
 * that has begun. One that is ready, running or waiting is aborted; one that is still pending is settled now, so that it never starts.
 * What has settled stays as it is. The outgoing edges of a cancelled visit are skipped; the joins behind are left for the settlement
 * that this belongs to.
 *
 * @param visit decides by `routes` whose region is cut: a fallback that completes acts for the node in whose place it ran
 */
export function cancelRegion(control: Control, visit: Visit): void {
  const aborted: Visit[] = []
  for (const node of control.graph.cancels.get(visit.routes) ?? []) {
    for (const frame of framesToCut(control, visit.frame, node)) cutOff(control, frame, node, aborted)
  }
  if (aborted.length > 0) control.effects.push({ type: 'abort', visits: aborted })
}

/** The frames in which a named node is cut off: in the innermost loop around both nodes, this iteration; further in, all of them. */
function framesToCut(control: Control, from: Frame, node: number): readonly Frame[] {
  const around = loopsAround(control.graph, node)
  let frame = from
  while (frame.loop !== -1 && !around.includes(frame.loop)) frame = frame.parent as Frame
  let frames = [frame]
  for (const loop of around.slice(around.indexOf(frame.loop) + 1)) {
    frames = frames.flatMap((outer) =>
      [...outer.openFrames(loop)].filter((inner) => !isUnreachedIteration(control, inner)),
    )
  }
  return frames
}

function cutOff(control: Control, frame: Frame, node: number, aborted: Visit[]): void {
  const status = frame.status(node)
  if (isSettled(status) || !frame.has(node)) return
  const { graph, facts } = control
  const fallback = graph.fallbackOf[node] as number
  const isReplaced = fallback !== -1 && isLive(frame.fallbackStatus(node))
  const visit = isReplaced ? new Visit(fallback, frame, -1, node) : new Visit(node, frame)
  const own = isReplaced ? frame.fallbackStatus(node) : status
  const items = own === visitCode.waiting ? frame.items(visit.itemsKey) : undefined
  if (items !== undefined) aborted.push(...cutOffItems(control, visit, items))
  if (own === visitCode.running || own === visitCode.waiting) noteUnknown(control, visit)
  if (isLive(status)) aborted.push(visit)
  if (isReplaced) frame.setFallbackStatus(node, visitCode.cancelled)
  // The failure was handled: by a fallback that is no longer needed.
  frame.setStatus(node, isReplaced ? visitCode.failed : visitCode.cancelled)
  facts?.push({ type: 'node.cancelled', ...nameVisit(graph, visit) })
  markAll(control, frame, node, markCode.skipped, -1)
  if (isLive(status)) leave(control, frame.activation)
  else if (frame.loop !== -1 && graph.loops[frame.loop]?.header === node) beginSkippedLoop(control, frame)
}
