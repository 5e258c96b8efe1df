import type { CompiledGraph, CompiledLoop } from '../graph/compiled-graph.ts'

/** Numbers that a frame keeps for each node: its status, then its counts of taken, skipped and failed marks. */
export const stride = 4

/**
 * What is known of one run in memory beside its frames: the graph, and where each node of a loop stands over all its iterations
 * (finished iterations are garbage).
 */
export interface FlatRun {
  graph: CompiledGraph
  readonly zeros: FrameTemplates
  /** By node in a loop: a bit for each status (`1 << code`) that a visit of it ended with. */
  readonly seen: number[]
  /** Whether visits may have to be undone: what they were given is then kept. */
  readonly keepsPast: boolean
}

/** Empty arrays of the right lengths, copied for each new frame: a copy is cheaper than a fill. */
export class FrameTemplates {
  private readonly cellsByLoop: (number[] | undefined)[] = []
  private readonly marksByLoop: (number[] | undefined)[] = []
  private readonly outputsByLoop: (unknown[] | undefined)[] = []
  private readonly rootCells: number[]
  private readonly rootMarks: number[]
  private readonly graph: CompiledGraph

  constructor(graph: CompiledGraph) {
    this.graph = graph
    this.rootCells = zeros(graph.rootNodes * stride)
    this.rootMarks = zeros(graph.rootMarks)
  }

  cells(loop: number): number[] {
    if (loop === -1) return this.rootCells.slice()
    return (this.cellsByLoop[loop] ??= zeros((this.graph.loops[loop] as CompiledLoop).directNodes * stride)).slice()
  }

  outputs(loop: number): unknown[] {
    const { rootNodes, loops } = this.graph
    return (this.outputsByLoop[loop + 1] ??= nothings(loops[loop]?.directNodes ?? rootNodes)).slice()
  }

  marks(loop: number): number[] {
    if (loop === -1) return this.rootMarks.slice()
    return (this.marksByLoop[loop] ??= zeros((this.graph.loops[loop] as CompiledLoop).directMarks)).slice()
  }
}

function nothings(length: number): unknown[] {
  const list: unknown[] = []
  for (let index = 0; index < length; index++) list.push(undefined)
  return list
}

function zeros(length: number): number[] {
  const list: number[] = []
  for (let index = 0; index < length; index++) list.push(0)
  return list
}
