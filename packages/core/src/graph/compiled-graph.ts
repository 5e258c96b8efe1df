import type { EdgeDefinition, JoinStrategy, NodeDefinition, WorkflowBlueprint } from '../model/blueprint.ts'
import type { Expansion } from '../model/outcome.ts'
import type { Loop } from './loops.ts'

/** How an edge leads from the frame of its source to the frame of its target. */
export const edgeRoute = {
  /** Both ends lie in the same frame. */
  inside: 0,
  /** Enters a loop at its header. */
  enter: 1,
  /** Back to the header of the loop that its source lies in directly. */
  back: 2,
  /** Leaves one or more loops (and may then enter another one, or be a back edge of a loop further out). */
  exit: 3,
} as const

/** A loop as the kernel needs it. All numbers are indexes of nodes, edges or loops. */
export interface CompiledLoop extends Loop {
  /** Edges that enter at the header from outside, the beginning of the run not counted. */
  readonly entryEdges: readonly number[]
  /** Edges that lead back to the header. */
  readonly backEdges: readonly number[]
  /** Edges of which this is the outermost loop that they leave, in blueprint order. */
  readonly exitEdges: number[]
  readonly maxIterations: number
  /** Nodes that lie directly in this loop. */
  directNodes: number
  /** Loops that lie directly in this loop. */
  directLoops: number
  /** Edges whose target lies directly in this loop. */
  directMarks: number
}

/** Default of `NodeConfig.maxIterations`. */
export const defaultMaxIterations = 1000

/**
 * A blueprint as arrays by index: adjacency, loops, and where each node and edge keeps its state inside a frame. Built once for each
 * blueprint, then read-only, except that a run which expands its graph works on a copy of its own.
 */
export interface CompiledGraph {
  readonly blueprint: WorkflowBlueprint
  readonly nodes: readonly NodeDefinition[]
  readonly edges: readonly EdgeDefinition[]
  readonly indexById: ReadonlyMap<string, number>
  readonly starts: readonly number[]
  readonly loops: readonly CompiledLoop[]
  /** By node: the loop that it lies in directly, or -1. */
  readonly loopOf: readonly number[]
  /** By node: its place among the nodes directly in the same loop. */
  readonly place: readonly number[]
  readonly joins: readonly JoinStrategy[]
  /** By node: index of its fallback node, or -1. */
  readonly fallbackOf: readonly number[]
  /** By node: 1 if it is a fallback of some node; such a node has no edges and does not start by itself. */
  readonly isFallback: readonly number[]
  /** By node: the nodes that it cancels when it completes. Empty for most graphs. */
  readonly cancels: ReadonlyMap<number, readonly number[]>
  /** By node: incoming edges that its join looks at first (at a header, the entry edges), the beginning of a run included. */
  readonly inDegree: readonly number[]
  /** By node: where its outgoing edges begin in `outEdges`; one entry more than nodes. */
  readonly outStart: readonly number[]
  readonly outEdges: readonly number[]
  readonly inStart: readonly number[]
  readonly inEdges: readonly number[]
  readonly edgeSource: readonly number[]
  readonly edgeTarget: readonly number[]
  /**
   * By edge: 0 if both ends lie directly in the same loop or outside all, 1 if it enters a loop, 2 if it leads back to the header of
   * its loop, 3 if it leaves one or more loops.
   */
  readonly edgeRoutes: readonly number[]
  /** By edge: 0 if it asks nothing of its source's result, 1 if it has an `action` or a `condition`, 2 if it is an error edge. */
  readonly edgeGuards: readonly number[]
  /** By edge: the outermost loop that it leaves, or -1; and its place among that loop's exit edges. */
  readonly edgeLeaves: readonly number[]
  readonly edgeExitPlace: readonly number[]
  /** By edge: place of its mark in the frame of its target. */
  readonly markPlace: readonly number[]
  /** The key of an edge: `source>target#ordinal`. */
  readonly edgeKey: (edge: number) => string
  /** What handlers added during this run, in order; each for one iteration only. Empty for the graph of a blueprint. */
  readonly expansions: readonly { readonly site: string; readonly expansion: Expansion }[]
  /** By `id@iteration`: nodes that an expansion added. */
  readonly addedAt: ReadonlyMap<string, number>
  /** By added node: the iteration that it exists in, as `1.2`. */
  readonly addedIteration: ReadonlyMap<number, string>
  /** By `siteKey`: edges that an expansion added to a node of the blueprint. */
  readonly addedOut: ReadonlyMap<string, readonly number[]>
  readonly addedIn: ReadonlyMap<string, readonly number[]>
  /** By `loop@iteration`: how many nodes and edges were added there. */
  readonly room: ReadonlyMap<string, { readonly nodes: number; readonly marks: number }>
  /** Nodes and edges directly outside all loops. */
  readonly rootNodes: number
  readonly rootLoops: number
  readonly rootMarks: number
}
