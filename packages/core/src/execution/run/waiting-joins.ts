import { edgeRoute, type CompiledGraph } from '../../graph/compiled-graph.ts'
import type { RunCell } from '../../kernel/control.ts'
import type { Frame } from '../../kernel/frame.ts'
import { isReached } from '../../kernel/reached-loop.ts'
import { markCode, visitCode, visitStatusOf } from '../../kernel/status-codes.ts'
import { nodeId } from '../../kernel/visit.ts'
import type { PlainReason, UnmarkedEdge } from '../../model/explanation.ts'
import { visitKey } from '../../model/visit.ts'
import { countingEdges } from '../inputs/node-input.ts'

/** A join that has got a mark and is not decided. */
export type WaitingJoin = Extract<PlainReason, { readonly type: 'join' }>

/**
 * The joins of a run that have got a mark and are not decided, with the edges that they wait for.
 *
 * @param root the frame of the run outside all loops, with all that belongs to it at hand
 * @param running keys of the visits that an attempt is made of, where the frame does not know it
 * @param phase where the run stands: joins of a run that is being compensated wait for nothing, since nothing new starts
 */
export function waitingJoins(
  graph: CompiledGraph,
  root: Frame,
  running: ReadonlySet<string>,
  phase: RunCell['phase'],
): WaitingJoin[] {
  if (phase === 'compensating') return []
  const nodesByLoop = nodesOfLoops(graph)
  const joins: WaitingJoin[] = []
  const open: Frame[] = [root]
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    for (const loop of graph.loops) {
      if (loop.parent === frame.loop && isReached(graph, frame, loop)) open.push(...frame.openFrames(loop.index))
    }
    for (const node of nodesByLoop.get(frame.loop) ?? []) {
      if (!isWaitingJoin(frame, node)) continue
      const missing = countingEdges(graph, frame, node).filter((edge) => frame.edgeMark(edge) === markCode.none)
      const edges = missing.map((edge) => unmarked(graph, frame, edge, running))
      const strategy = graph.joins[node] ?? 'all'
      joins.push({ type: 'join', nodeId: nodeId(graph, node), iteration: frame.path, strategy, edges })
    }
  }
  return joins
}

/** The nodes directly in each loop; under -1 those outside all loops. */
function nodesOfLoops({ nodes, loopOf }: CompiledGraph): ReadonlyMap<number, readonly number[]> {
  const byLoop = new Map<number, number[]>()
  for (const node of nodes.keys()) {
    const loop = loopOf[node] as number
    const known = byLoop.get(loop)
    if (known === undefined) byLoop.set(loop, [node])
    else known.push(node)
  }
  return byLoop
}

function isWaitingJoin(frame: Frame, node: number): boolean {
  if (!frame.has(node) || frame.status(node) !== visitCode.pending) return false
  return frame.joinTaken(node) + frame.joinSkipped(node) + frame.joinFailed(node) > 0
}

function unmarked(graph: CompiledGraph, target: Frame, edge: number, running: ReadonlySet<string>): UnmarkedEdge {
  const node = graph.edgeSource[edge] as number
  const source = nodeId(graph, node)
  const frame = sourceFrame(graph, target, edge)
  const named = { edge: graph.edgeKey(edge), source }
  if (frame === undefined) return { ...named, sourceStatus: 'looping' }
  const isRunning = running.has(visitKey({ nodeId: source, iteration: frame.path }))
  return { ...named, sourceStatus: isRunning ? 'running' : visitStatusOf({ status: frame.status(node) }) }
}

/** The frame of the edge's source; `undefined` if a loop lies between, of which any iteration may take the edge. */
function sourceFrame(graph: CompiledGraph, target: Frame, edge: number): Frame | undefined {
  const route = graph.edgeRoutes[edge]
  if (route === edgeRoute.inside) return target
  if (route === edgeRoute.enter) return target.parent
  if (route === edgeRoute.exit) return undefined
  for (const frame of target.parent?.openFrames(target.loop) ?? []) {
    if (frame.iteration === target.iteration - 1) return frame
  }
  return undefined
}
