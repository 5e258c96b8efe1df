import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph, CompiledLoop } from '../graph/compiled-graph.ts'
import { loopCellName, visitCellName } from '../kernel/cell-names.ts'
import type { CellOverlay } from '../kernel/cell-overlay.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { nodeId } from '../kernel/visit.ts'
import type { LoopCell, VisitCell } from '../model/cell.ts'
import { toErrorData } from '../model/error-data.ts'
import type { RunFact } from '../model/run-event.ts'
import { terminalNodes } from '../traversal/run-output.ts'
import { outputValue } from './value-names.ts'

/** Codes of errors that end a run by themselves, whatever its visits do. */
const endsRun: ReadonlySet<string> = new Set(['RUN_DEADLINE', 'MAX_ITERATIONS'])

/** The error that stands for a failed run: the one that ended it, else the first. */
export function endingError(failures: readonly HeddleError[]): HeddleError | undefined {
  return failures.find(({ code }) => endsRun.has(code)) ?? failures[0]
}

/** The journal's last fact; the output of a completed run is referred to. */
export function endFact(status: 'completed' | 'failed' | 'cancelled', error: HeddleError | undefined): RunFact {
  if (status === 'cancelled') return { type: 'run.cancelled' }
  if (status === 'failed' && error !== undefined) return { type: 'run.failed', error: toErrorData(error) }
  return { type: 'run.completed', output: undefined }
}

/** What the output of a run is made of: one stored value, or a record of several by node id. */
export type OutputParts =
  | { readonly type: 'value'; readonly name: string | undefined }
  | { readonly type: 'record'; readonly names: Readonly<Record<string, string>> }

/**
 * Where the output of a run is stored: that of the node that its policy names, else of the only terminal node, else of all.
 *
 * @throws MissingCells if a cell did not come along
 */
export function outputParts(graph: CompiledGraph, cells: CellOverlay): OutputParts {
  const named = graph.blueprint.policy?.output
  if (named !== undefined) return { type: 'value', name: outputName(graph, cells, graph.indexById.get(named) ?? -1) }
  const terminal = terminalNodes(graph)
  const [only, second] = terminal
  if (only !== undefined && second === undefined) return { type: 'value', name: outputName(graph, cells, only) }
  const names: Record<string, string> = {}
  for (const node of terminal) {
    const name = outputName(graph, cells, node)
    if (name !== undefined) names[nodeId(graph, node)] = name
  }
  return { type: 'record', names }
}

/** Names of cells that `outputParts` reads first. */
export function outputCells(graph: CompiledGraph): string[] {
  const named = graph.blueprint.policy?.output
  const nodes = named === undefined ? terminalNodes(graph) : [graph.indexById.get(named) ?? -1]
  return nodes.filter((node) => node !== -1 && graph.loopOf[node] === -1).map((node) => visitCellName(graph, node, []))
}

/** Name of the output of the visit of a node with the highest iteration, if there is one. */
function outputName(graph: CompiledGraph, cells: CellOverlay, node: number): string | undefined {
  if (node === -1) return undefined
  const users =
    graph.isFallback[node] === 1
      ? [...graph.fallbackOf.keys()].filter((user) => graph.fallbackOf[user] === node)
      : [node]
  const loops = (user: number): number[] => {
    const around: number[] = []
    for (let loop = graph.loopOf[user] as number; loop !== -1; loop = (graph.loops[loop] as CompiledLoop).parent) {
      around.push(loop)
    }
    return around.reverse()
  }
  let last: string | undefined
  for (const user of users) {
    const path = lastPath(graph, cells, user, loops(user), [], graph.isFallback[node] === 1)
    if (path !== undefined) last = outputValue({ nodeId: nodeId(graph, user), iteration: path })
  }
  return last
}

function lastPath(
  graph: CompiledGraph,
  cells: CellOverlay,
  node: number,
  loops: readonly number[],
  path: readonly number[],
  byFallback: boolean,
): readonly number[] | undefined {
  const [loop, ...inner] = loops
  if (loop === undefined) {
    const cell = cells.read<VisitCell>(visitCellName(graph, node, path))
    const isReplaced = cell?.fallback === visitCode.completed
    return isReplaced || (!byFallback && cell?.status === visitCode.completed) ? path : undefined
  }
  const { last = 0 } = cells.read<LoopCell>(loopCellName(graph, loop, path)) ?? {}
  for (let iteration = last; iteration >= 0; iteration--) {
    const found = lastPath(graph, cells, node, inner, [...path, iteration], byFallback)
    if (found !== undefined) return found
  }
  return undefined
}
