import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import type { Frame } from '../../kernel/frame.ts'
import { isReached } from '../../kernel/reached-loop.ts'
import { isSettled, visitCode } from '../../kernel/status-codes.ts'
import { nameOfWait } from '../../model/wait-id.ts'
import type { WaitEnd } from '../engine/wait-book.ts'

/** Where a live run stands. */
interface Standing {
  readonly graph: CompiledGraph
  /** Its frame outside all loops, with all that belongs to it at hand. */
  readonly root: Frame
}

/** A wait that is over, as it is asked for again. */
interface WaitAgain {
  readonly name: string
  /** How the last one of the name ended. */
  readonly last: WaitEnd
}

/**
 * Whether a wait of a name that was over may open again: in the next round of a loop, at another node that waits under that name, in a
 * handler that was answered and has not ended. (One whose wait has expired is told so: mostly the answer is a late one to that wait.)
 *
 * @param endedIds the ids of the waits of the run and its child runs that are over: nodes that open waits by code are known by these
 */
export function mayOpenAgain(standing: Standing, { name, last }: WaitAgain, endedIds: readonly string[]): boolean {
  const { nodes, indexById } = standing.graph
  for (const [node, { uses, id, params }] of nodes.entries()) {
    if (isWaitNode(uses) && (params?.['name'] ?? id) === name && isAhead(standing, node, false)) return true
  }
  return endedIds.some((waitId) => {
    if (nameOfWait(waitId) !== name) return false
    const [place = ''] = waitId.slice(name.length + 1).split('/', 1)
    const node = indexById.get(/^[\w.-]+/u.exec(place)?.[0] ?? '')
    const uses = nodes[node ?? -1]?.uses ?? ''
    const isByCode = !isWaitNode(uses) && (uses !== 'subflow' || place.includes('+'))
    return node !== undefined && isAhead(standing, node, isByCode && last === 'answered')
  })
}

function isWaitNode(uses: string): boolean {
  return uses === 'wait' || uses === 'webhook'
}

/** @param isByCode whether a handler opens the waits of the node, and may do so as long as it lives */
function isAhead(standing: Standing, node: number, isByCode: boolean): boolean {
  const { graph, root } = standing
  const failing = graph.isFallback[node] === 1 ? failingNodes(graph, node) : []
  const loop = outermostLoop(graph, failing[0] ?? node)
  if (loop !== -1) return isLoopOpen(standing, loop)
  if (failing.length === 0) return isUnsettled(root.status(node), isByCode)
  return failing.some((of) => isUnsettled(root.fallbackStatus(of), isByCode) && root.status(of) !== visitCode.completed)
}

function isUnsettled(status: number, isByCode: boolean): boolean {
  return isByCode ? !isSettled(status) : status === visitCode.pending
}

function failingNodes({ fallbackOf }: CompiledGraph, fallback: number): number[] {
  return [...fallbackOf.keys()].filter((node) => fallbackOf[node] === fallback)
}

function outermostLoop({ loops, loopOf }: CompiledGraph, node: number): number {
  let outermost = -1
  for (let loop = loopOf[node] ?? -1; loop !== -1; loop = loops[loop]?.parent ?? -1) outermost = loop
  return outermost
}

/** Whether a loop has not ended; as long as that is so, another round may come. */
function isLoopOpen({ graph, root }: Standing, at: number): boolean {
  const loop = graph.loops[at]
  if (loop === undefined || !isReached(graph, root, loop)) return true
  return [...root.openFrames(at)].length > 0
}
