import type { Control } from '../kernel/control.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { nodeId, type Visit } from '../kernel/visit.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { ResultTable } from './result-table.ts'
import { isBefore, type KeptVisit } from './visit-order.ts'

/** What is known of each node of a run in memory, over all its visits: its outputs and where it stands. */
export class NodeTable implements ResultTable {
  readonly control: Control
  readonly root: FlatFrame
  /** By node in a loop: the frame of the highest iteration that has an output of it. */
  latest: (FlatFrame | undefined)[] = []
  fallbackOutputs: Map<number, KeptVisit> | undefined
  private given: Map<string, unknown> | undefined

  constructor(control: Control, root: FlatFrame) {
    this.control = control
    this.root = root
  }

  get graph(): CompiledGraph {
    return this.control.graph
  }

  get hasEnded(): boolean {
    return this.control.hasEnded
  }

  get failures(): readonly HeddleError[] {
    return this.control.failures
  }

  record(visit: Visit, output: unknown, transformed: ReadonlyMap<number, unknown> | undefined): void {
    const frame = visit.frame as FlatFrame
    if (visit.item !== -1) {
      const items = frame.items(visit.itemsKey)
      if (items !== undefined) items.outputs[visit.item] = output
      return
    }
    const { graph } = this.control
    const node = visit.routes
    frame.outputs[graph.place[node] as number] = output
    if (visit.insteadOf !== -1) {
      this.fallbackOutputs ??= new Map()
      const kept = { iteration: frame.path, insteadOf: nodeId(graph, node), value: output }
      const known = this.fallbackOutputs.get(visit.node)
      if (known === undefined || !isBefore(kept, known)) this.fallbackOutputs.set(visit.node, kept)
    }
    if (transformed !== undefined) this.recordTransformed(frame, node, transformed)
    if (frame.loop !== -1) this.noteLatest(node, frame)
  }

  /** Keeps the error of a visit that failed, for what stands in for it; of a map the error of its first item that failed. */
  recordFailure(visit: Visit, error: HeddleError): void {
    const frame = visit.frame as FlatFrame
    const items = visit.item === -1 ? undefined : frame.items(visit.itemsKey)
    if (items !== undefined) items.error ??= error
    else {
      frame.errors ??= new Map()
      frame.errors.set(visit.routes, error)
    }
  }

  private recordTransformed(frame: FlatFrame, node: number, transformed: ReadonlyMap<number, unknown>): void {
    const { graph } = this.control
    frame.transformed ??= new Map()
    const start = graph.outStart[node] as number
    for (const [ordinal, value] of transformed) frame.transformed.set(graph.outEdges[start + ordinal] as number, value)
  }

  private noteLatest(node: number, frame: FlatFrame): void {
    const known = this.latest[node]
    if (known === undefined || isLater(frame, known)) this.latest[node] = frame
  }

  setOutputById(id: string, output: unknown): void {
    this.given ??= new Map()
    this.given.set(id, output)
    const { graph } = this.control
    const node = graph.indexById.get(id)
    if (node !== undefined && graph.loopOf[node] === -1) this.root.outputs[graph.place[node] as number] = output
  }

  hasOutput(id: string): boolean {
    const node = this.control.graph.indexById.get(id)
    return this.given?.has(id) === true || (node !== undefined && this.hasOutputAt(node))
  }

  output(id: string): unknown {
    const node = this.control.graph.indexById.get(id)
    return node !== undefined && this.hasOutputAt(node) ? this.outputAt(node) : this.given?.get(id)
  }

  /** Whether a visit of the node completed, or its fallback did in its place. */
  hasOutputAt(node: number): boolean {
    const { graph } = this.control
    if (this.fallbackOutputs?.has(node) === true || this.latest[node] !== undefined) return true
    if (graph.loopOf[node] !== -1 || graph.isFallback[node] === 1) return false
    const status = this.root.status(node)
    if (status === visitCode.completed) return true
    return (
      status === visitCode.failed &&
      graph.fallbackOf[node] !== -1 &&
      this.root.fallbackStatus(node) === visitCode.completed
    )
  }

  outputAt(node: number): unknown {
    if (this.fallbackOutputs?.has(node) === true) return this.fallbackOutputs.get(node)?.value
    const frame = this.latest[node] ?? this.root
    return frame.outputs[this.control.graph.place[node] as number]
  }

  /** Bits (`1 << code`) of the statuses that visits of this node have ended with, and of its present one outside loops. */
  seen(node: number): number {
    const { graph } = this.control
    if (graph.loopOf[node] === -1 && graph.isFallback[node] !== 1) return 1 << this.root.status(node)
    return this.root.run.seen[node] ?? 0
  }
}

/** Whether the iteration of one frame comes after that of another, counted from the outermost loop in. */
function isLater(frame: FlatFrame, other: FlatFrame): boolean {
  if (frame.parent === other.parent) return frame.iteration >= other.iteration
  const path = frame.path
  const known = other.path
  for (let level = 0; level < path.length; level++) {
    const difference = (path[level] as number) - (known[level] ?? -1)
    if (difference !== 0) return difference > 0
  }
  return true
}
