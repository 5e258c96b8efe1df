import type { CompiledGraph } from '../graph/compiled-graph.ts'

/**
 * Where the kernel keeps the control state of one iteration of one loop, or of the run outside all loops (`loop` -1, iteration 0).
 * The kernel reads and writes state through this contract only: flat arrays in memory, named cells in a store.
 *
 * Nodes, edges and loops are indexes of the compiled graph; statuses and marks are codes of `status-codes.ts`.
 */
export interface Frame {
  readonly loop: number
  readonly iteration: number
  /** The frame in which this loop was activated; `undefined` for the run's own frame. */
  readonly parent: Frame | undefined
  /** The activation of the loop that this frame is an iteration of; for the run's own frame, the run. */
  readonly activation: Activation
  /** Counters of the loops around, outermost first. */
  readonly path: readonly number[]

  status(node: number): number
  setStatus(node: number, status: number): void

  /** Status of the visit of the fallback node that runs in place of `node`. */
  fallbackStatus(node: number): number
  setFallbackStatus(node: number, status: number): void

  /** Number of edges that the join of `node` looks at in this frame. */
  joinTotal(node: number): number
  /** Marks counted for the join of `node`. */
  joinTaken(node: number): number
  joinSkipped(node: number): number
  joinFailed(node: number): number
  /** Writes the mark of an edge into this frame, which is that of the edge's target, and counts it for the target's join. */
  markEdge(edge: number, mark: number, source: Frame): void
  /** The mark of an edge whose target lies in this frame; 0 if it has none. */
  edgeMark(edge: number): number
  /** Counts the beginning of the run as one more incoming edge of a start node, taken. */
  markStart(node: number): void
  /** Lowest index of a node whose failure cut off `node` through a failed mark. */
  cutOffBy(node: number): number
  setCutOffBy(node: number, cause: number): void

  /** Whether an attempt of `node` was made and another one is due: such a visit is not merely ready. */
  wasAttempted(node: number): boolean
  noteAttempted(node: number): void

  /** The frame of the next iteration of this loop. */
  next(): Frame
  /** The frame of iteration 0 of a loop that is activated in this frame. */
  enter(loop: number): Frame

  /** The frames of a loop directly in this frame in which something can still change; frame 0 of a loop that no mark has reached. */
  openFrames(loop: number): Iterable<Frame>

  /** The items of a map visit, once opened; by {@link Visit.itemsKey}. */
  items(key: number): Items | undefined
  openItems(key: number, count: number, concurrency: number, tolerated: number): Items

  /** Whether a node lies in this frame; what an expansion added lies in one iteration only. */
  has(node: number): boolean
  /** Goes on with a graph that has `nodes` and `edges` more in this frame. */
  extend(graph: CompiledGraph, nodes: number, edges: number): void
}

/** One activation of a loop: all its iterations, from the header's first decision to the end of the loop. */
export interface Activation {
  readonly loop: number
  /** The frame in which the loop was activated; `undefined` for the run itself. */
  readonly parent: Frame | undefined
  /** Visits that are ready, running or waiting directly in this loop, plus activations inside that have not ended. */
  live: number
  /** Lowest index of a node that failed unhandled inside, or -1. */
  cutOffBy: number
  ended: boolean
  /** Whether the header of the first iteration was decided. Before that, nodes inside can only be cancelled. */
  readonly hasBegun: boolean
  /** Mark of an exit edge by its place among the loop's exit edges. */
  exitMark(place: number): number
  setExitMark(place: number, mark: number, source: Frame | undefined): void
}

/** The items of one map visit. */
export interface Items {
  readonly count: number
  /** How many items may be under way at once. */
  readonly concurrency: number
  /** How many items may fail. */
  readonly tolerated: number
  /** Items that were dispatched so far; the next one has this index. */
  next: number
  settled: number
  failed: number
  status(item: number): number
  setStatus(item: number, status: number): void
}
