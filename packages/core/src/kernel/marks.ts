import { edgeRoute, type CompiledGraph, type CompiledLoop } from '../graph/compiled-graph.ts'
import type { Control } from './control.ts'
import type { Activation, Frame } from './frame.ts'
import { markCode, markNames, visitCode } from './status-codes.ts'
import { nodeId } from './visit.ts'

/**
 * Writes the mark of one edge of a visit that settles in `source`, and notes the join that has to be resolved by it.
 *
 * An edge that leaves a loop is marked only when it is taken; otherwise the loop's end marks it.
 *
 * @param cause for a failed mark, the node whose failure it tells of
 */
export function writeMark(control: Control, source: Frame, edge: number, mark: number, cause: number): void {
  const { graph } = control
  if (graph.edgeRoutes[edge] === edgeRoute.exit) {
    if (mark === markCode.taken) takeExit(control, source, edge)
    return
  }
  const frame = targetFrame(graph, source, edge)
  markIn(control, frame, edge, mark === markCode.taken ? takenMark(control, frame, edge) : mark, source, cause)
}

/** Marks an exit edge of a loop that ended without taking it. */
export function markUntakenExit(control: Control, activation: Activation, edge: number, mark: number): void {
  const { graph } = control
  const outside = activation.parent as Frame
  activation.setExitMark(graph.edgeExitPlace[edge] as number, mark, undefined)
  markIn(control, frameBehindExit(graph, outside, edge), edge, mark, outside, activation.cutOffBy)
}

function takeExit(control: Control, source: Frame, edge: number): void {
  const { graph } = control
  const activation = activationLeft(graph, source, edge)
  const place = graph.edgeExitPlace[edge] as number
  if (activation.exitMark(place) !== markCode.none) {
    warnRetaken(control, source, edge)
    return
  }
  const frame = frameBehindExit(graph, activation.parent as Frame, edge)
  const mark = takenMark(control, frame, edge)
  activation.setExitMark(place, mark, source)
  markIn(control, frame, edge, mark, source, -1)
}

/** The mark of an edge that is taken. */
function takenMark({ graph }: Control, frame: Frame, edge: number): number {
  if (frame.activation.ended) return markCode.taken
  return frame.status(graph.edgeTarget[edge] as number) === visitCode.pending ? markCode.taken : markCode.late
}

function markIn(control: Control, frame: Frame, edge: number, mark: number, source: Frame, cause: number): void {
  const { graph, facts } = control
  const target = graph.edgeTarget[edge] as number
  if (facts !== undefined) {
    const type = `edge.${markNames[mark] as 'taken' | 'skipped' | 'failed'}` as const
    facts.push({ type, edge: graph.edgeKey(edge), iteration: frame.path, sourceIteration: source.path })
  }
  if (frame.activation.ended) return
  if (mark === markCode.failed) frame.setCutOffBy(target, cause)
  frame.markEdge(edge, mark, source)
  control.marked.add(frame, target)
}

/** The frame of an edge's target, for an edge that leaves no loop. */
function targetFrame(graph: CompiledGraph, source: Frame, edge: number): Frame {
  const route = graph.edgeRoutes[edge]
  if (route === edgeRoute.inside) return source
  if (route === edgeRoute.back) return source.next()
  return source.enter(graph.loopOf[graph.edgeTarget[edge] as number] as number)
}

/** The frame of an exit edge's target, seen from the frame in which the loop was activated that the edge leaves. */
function frameBehindExit(graph: CompiledGraph, outside: Frame, edge: number): Frame {
  const target = graph.edgeTarget[edge] as number
  const loop = graph.loopOf[target] as number
  if (loop !== outside.loop) return outside.enter(loop)
  return loop !== -1 && (graph.loops[loop] as CompiledLoop).header === target ? outside.next() : outside
}

/** The activation of the outermost loop that an exit edge leaves. */
function activationLeft(graph: CompiledGraph, source: Frame, edge: number): Activation {
  const leaves = graph.edgeLeaves[edge] as number
  let frame = source
  while (frame.loop !== leaves) frame = frame.parent as Frame
  return frame.activation
}

function warnRetaken(control: Control, source: Frame, edge: number): void {
  const { graph } = control
  const key = graph.edgeKey(edge)
  control.facts?.push({
    type: 'warning',
    code: 'EXIT_RETAKEN',
    message: `edge "${key}" leaves its loop and was taken again by a later iteration; only the first time counts`,
    nodeId: nodeId(graph, graph.edgeSource[edge] as number),
    iteration: source.path,
  })
}
