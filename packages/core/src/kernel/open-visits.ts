import type { Control } from './control.ts'
import type { Frame } from './frame.ts'
import { visitCode } from './status-codes.ts'

/** Decides about every node in every frame of a run in which something can still change. */
export function forEachOpen(control: Control, decide: (frame: Frame, node: number) => void): void {
  const { graph } = control
  const nodesByLoop = new Map<number, number[]>()
  for (let node = 0; node < graph.nodes.length; node++) {
    if (graph.isFallback[node] === 1) continue
    const loop = graph.loopOf[node] as number
    const nodes = nodesByLoop.get(loop)
    if (nodes === undefined) nodesByLoop.set(loop, [node])
    else nodes.push(node)
  }
  // A worklist, since loops may be nested to any depth.
  const open: Frame[] = [control.root]
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    if (isUnreachedIteration(control, frame)) continue
    for (const loop of graph.loops) if (loop.parent === frame.loop) open.push(...frame.openFrames(loop.index))
    for (const node of nodesByLoop.get(frame.loop) ?? []) decide(frame, node)
  }
}

/** An iteration after the first whose header never started: marks lead to it, but there are no visits in it. */
export function isUnreachedIteration({ graph }: Control, frame: Frame): boolean {
  const header = graph.loops[frame.loop]?.header
  return frame.iteration > 0 && header !== undefined && frame.status(header) === visitCode.pending
}
