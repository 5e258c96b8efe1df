import { edgeRoute, type CompiledGraph, type CompiledLoop } from '../graph/compiled-graph.ts'
import { siteKey } from '../graph/expansion-site.ts'
import type { LoopCell, RunStateCell, VisitCell } from '../model/cell.ts'
import { itemsCellName, loopCellName, visitCellName } from './cell-names.ts'
import type { CellOverlay, CellSeed } from './cell-overlay.ts'
import { edgeOrdinal, seedsBehindLoop, sourcePath } from './cell-reach.ts'
import type { Activation, Frame } from './frame.ts'
import { NamedItems } from './named-items.ts'
import { markCode, visitCode } from './status-codes.ts'

const pristineVisit: VisitCell = { status: visitCode.pending }
const pristineLoop: LoopCell = { live: 0 }
const pristineRun: RunStateCell = { phase: 'created', live: 0 }

/** What the frames of one run over named cells share. */
export interface NamedRun {
  graph: CompiledGraph
  readonly cells: CellOverlay
  /** Frames that were asked for, by loop and iteration. */
  readonly frames: Map<string, NamedFrame>
}

/**
 * A frame over named cells. It holds no state of its own: each question reads a cell, and a cell that did not come along interrupts
 * the decision with `MissingCells`.
 */
export class NamedFrame implements Frame {
  readonly run: NamedRun
  readonly loop: number
  readonly iteration: number
  readonly parent: NamedFrame | undefined
  readonly activation: NamedActivation
  readonly path: readonly number[]

  private constructor(run: NamedRun, loop: number, iteration: number, parent: NamedFrame | undefined) {
    this.run = run
    this.loop = loop
    this.iteration = iteration
    this.parent = parent
    this.path = parent === undefined ? [] : [...parent.path, iteration]
    this.activation = new NamedActivation(run, loop, parent)
  }

  /** The frame of a run outside all loops. */
  static root(run: NamedRun): NamedFrame {
    return NamedFrame.get(run, -1, 0, undefined)
  }

  /** The frame of an iteration of a node, its loops' counters outermost first. */
  static at(run: NamedRun, node: number, path: readonly number[]): NamedFrame {
    const loops: number[] = []
    for (
      let loop = run.graph.loopOf[node] as number;
      loop !== -1;
      loop = (run.graph.loops[loop] as CompiledLoop).parent
    ) {
      loops.push(loop)
    }
    let frame = NamedFrame.root(run)
    for (const [level, loop] of loops.reverse().entries()) frame = NamedFrame.get(run, loop, path[level] ?? 0, frame)
    return frame
  }

  private static get(run: NamedRun, loop: number, iteration: number, parent: NamedFrame | undefined): NamedFrame {
    const key = parent === undefined ? '' : `${loop}@${parent.path.join('.')}.${iteration}`
    let frame = run.frames.get(key)
    if (frame === undefined) {
      frame = new NamedFrame(run, loop, iteration, parent)
      run.frames.set(key, frame)
    }
    return frame
  }

  private read(node: number): VisitCell {
    const { run, path } = this
    return run.cells.read<VisitCell>(visitCellName(run.graph, node, path), () => [{ node, path }]) ?? pristineVisit
  }

  private write(node: number): VisitCell {
    const { run, path } = this
    return run.cells.write<VisitCell>(visitCellName(run.graph, node, path), pristineVisit, () => [{ node, path }])
  }

  status(node: number): number {
    return this.read(node).status
  }

  setStatus(node: number, status: number): void {
    this.write(node).status = status
    if (this.loop !== -1 && this.run.graph.loops[this.loop]?.header === node) {
      this.activation.noteIteration(this.iteration)
    }
  }

  fallbackStatus(node: number): number {
    return this.read(node).fallback ?? visitCode.pending
  }

  setFallbackStatus(node: number, status: number): void {
    this.write(node).fallback = status
  }

  joinTotal(node: number): number {
    const { graph } = this.run
    const extra = graph.addedIn.size === 0 ? 0 : (graph.addedIn.get(siteKey(node, this.path))?.length ?? 0)
    const loop = graph.loops[this.loop]
    if (this.iteration > 0 && loop?.header === node) return loop.backEdges.length + extra
    return (graph.inDegree[node] as number) + extra
  }

  joinTaken(node: number): number {
    return this.read(node).taken ?? 0
  }

  joinSkipped(node: number): number {
    return this.read(node).skipped ?? 0
  }

  joinFailed(node: number): number {
    return this.read(node).failed ?? 0
  }

  markEdge(edge: number, mark: number, source: Frame): void {
    const { graph } = this.run
    const cell = this.write(graph.edgeTarget[edge] as number)
    if (mark === markCode.taken || mark === markCode.late) cell.taken = (cell.taken ?? 0) + 1
    else if (mark === markCode.skipped) cell.skipped = (cell.skipped ?? 0) + 1
    else cell.failed = (cell.failed ?? 0) + 1
    if (graph.edgeRoutes[edge] !== edgeRoute.exit) (source as NamedFrame).noteMark(edge, mark)
  }

  /** Keeps the mark with the source, so that the target can find the edges that led to it without a list of its own. */
  private noteMark(edge: number, mark: number): void {
    const { graph } = this.run
    const cell = this.write(graph.edgeSource[edge] as number)
    const ordinal = edgeOrdinal(graph, edge)
    const before = (cell.marks ?? '').padEnd(ordinal, String(markCode.none))
    cell.marks = `${before.slice(0, ordinal)}${mark}${before.slice(ordinal + 1)}`
  }

  /** The mark of an outgoing edge of a visit in this frame; not of an edge that leaves a loop. */
  markOf(edge: number): number {
    const { graph } = this.run
    const { marks = '' } = this.read(graph.edgeSource[edge] as number)
    return Number(marks[edgeOrdinal(graph, edge)] ?? markCode.none)
  }

  edgeMark(edge: number): number {
    const { run, path } = this
    const { graph, cells } = run
    const from = sourcePath(graph, edge, path)
    if (graph.edgeRoutes[edge] !== edgeRoute.exit) {
      return NamedFrame.at(run, graph.edgeSource[edge] as number, from).markOf(edge)
    }
    const loop = cells.read<LoopCell>(loopCellName(graph, graph.edgeLeaves[edge] as number, from))
    return loop?.exits?.[graph.edgeExitPlace[edge] as number]?.mark ?? markCode.none
  }

  markStart(node: number): void {
    const cell = this.write(node)
    cell.taken = (cell.taken ?? 0) + 1
  }

  cutOffBy(node: number): number {
    return this.read(node).cutOffBy ?? -1
  }

  setCutOffBy(node: number, cause: number): void {
    const cell = this.write(node)
    if (cell.cutOffBy === undefined || cause < cell.cutOffBy) cell.cutOffBy = cause
  }

  wasAttempted(node: number): boolean {
    return this.read(node).attempted === true
  }

  noteAttempted(node: number): void {
    this.write(node).attempted = true
  }

  next(): NamedFrame {
    return NamedFrame.get(this.run, this.loop, this.iteration + 1, this.parent)
  }

  enter(loop: number): NamedFrame {
    return NamedFrame.get(this.run, loop, 0, this)
  }

  /** Asked for only when a run is stopped, with all its cells at hand. */
  *openFrames(loop: number): Generator<NamedFrame> {
    const first = this.enter(loop)
    const { ended, last } = first.activation
    if (ended) return
    for (let frame = first; frame.iteration <= last; frame = frame.next()) yield frame
  }

  items(key: number): NamedItems | undefined {
    return NamedItems.find(this.run.cells, itemsCellName(this.run.graph, key, this.path))
  }

  openItems(key: number, count: number, concurrency: number, tolerated: number): NamedItems {
    const { graph, cells } = this.run
    return NamedItems.open(cells, itemsCellName(graph, key, this.path), count, concurrency, tolerated)
  }

  has(node: number): boolean {
    const iteration = this.run.graph.addedIteration.get(node)
    return iteration === undefined || iteration === this.path.join('.')
  }

  extend(graph: CompiledGraph, nodes: number): void {
    const { run, path } = this
    run.graph = graph
    for (let node = graph.nodes.length - nodes; node < graph.nodes.length; node++) {
      run.cells.assumeAbsent(visitCellName(graph, node, path))
    }
  }
}

/** An activation over its named cell; of what lies outside all loops, over the cell of the run. */
export class NamedActivation implements Activation {
  readonly loop: number
  readonly parent: NamedFrame | undefined
  private readonly run: NamedRun
  private readonly name: string

  constructor(run: NamedRun, loop: number, parent: NamedFrame | undefined) {
    this.run = run
    this.loop = loop
    this.parent = parent
    this.name = loopCellName(run.graph, loop, parent?.path ?? [])
  }

  private seeds(): readonly CellSeed[] {
    return this.parent === undefined ? [] : seedsBehindLoop(this.run.graph, this.loop, this.parent.path)
  }

  private get cell(): LoopCell {
    return this.run.cells.read<LoopCell>(this.name, () => this.seeds()) ?? pristineLoop
  }

  private get draft(): LoopCell {
    const pristine = this.parent === undefined ? (pristineRun as LoopCell) : pristineLoop
    return this.run.cells.write<LoopCell>(this.name, pristine, () => this.seeds())
  }

  get live(): number {
    return this.cell.live
  }

  set live(live: number) {
    this.draft.live = live
  }

  get cutOffBy(): number {
    return this.cell.cutOffBy ?? -1
  }

  set cutOffBy(cutOffBy: number) {
    this.draft.cutOffBy = cutOffBy
  }

  get ended(): boolean {
    return this.cell.ended === true
  }

  set ended(ended: boolean) {
    this.draft.ended = ended
  }

  get hasBegun(): boolean {
    return this.parent === undefined || this.cell.last !== undefined
  }

  /** The highest iteration whose header was decided. */
  get last(): number {
    return this.cell.last ?? 0
  }

  noteIteration(iteration: number): void {
    if (iteration > (this.cell.last ?? -1)) this.draft.last = iteration
  }

  exitMark(place: number): number {
    return this.cell.exits?.[place]?.mark ?? markCode.none
  }

  setExitMark(place: number, mark: number, source: Frame | undefined): void {
    const { draft } = this
    draft.exits = { ...draft.exits, [place]: { mark, ...(source === undefined ? {} : { from: source.path }) } }
  }
}
