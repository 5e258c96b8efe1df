import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'

/** What a result is read from: the frames of a run in memory, or a folded journal. Nodes are indexes of the graph. */
export interface ResultTable {
  readonly graph: CompiledGraph
  /** Whether the run has ended. */
  readonly hasEnded: boolean
  readonly failures: readonly HeddleError[]
  /** The output of the run as it was recorded, if it was. */
  readonly recorded?: { readonly output: unknown } | undefined
  /** Whether a visit of the node completed, or its fallback did in its place. */
  hasOutputAt(node: number): boolean
  /** The output of the visit with the highest iteration. */
  outputAt(node: number): unknown
  /** Bits (`1 << visitCode`) of the statuses that visits of this node have ended with. */
  seen(node: number): number
}
