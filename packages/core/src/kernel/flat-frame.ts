import type { HeddleError } from '../errors/heddle-error.ts'
import { edgeRoute, type CompiledGraph, type CompiledLoop } from '../graph/compiled-graph.ts'
import { siteKey } from '../graph/expansion-site.ts'
import { FlatItems } from './flat-items.ts'
import type { Activation, Frame } from './frame.ts'
import { FrameList } from './frame-list.ts'
import { stride, type FlatRun } from './frame-templates.ts'
import { isSettled, markCode, visitCode } from './status-codes.ts'

/** A frame in memory: flat arrays of small integers, and the outputs of its visits beside them. */
export class FlatFrame implements Frame {
  readonly run: FlatRun
  readonly loop: number
  readonly iteration: number
  readonly parent: FlatFrame | undefined
  readonly activation: FlatActivation
  /** The iteration before, for data along back edges; let go once the header of this one has settled. */
  previous: FlatFrame | undefined
  /** Neighbours among the frames of the activation in which something can still change. */
  older: FlatFrame | undefined
  newer: FlatFrame | undefined
  /** Outputs of completed visits by place; the kernel never reads them. */
  readonly outputs: unknown[]
  /** Values that transforms put in place of an output, by edge; the kernel never reads them. */
  transformed: Map<number, unknown> | undefined
  /** Errors of failed visits by node, for the fallbacks that stand in for them; the kernel never reads them. */
  errors: Map<number, HeddleError> | undefined
  /** From here on: what the kernel reads and writes through the methods, and a snapshot as it is. */
  readonly cells: number[]
  readonly marks: number[]
  undecided: number
  private iterations: readonly number[] | undefined
  fallbacks: Map<number, number> | undefined
  causes: Map<number, number> | undefined
  attempted: Set<number> | undefined
  exitSources: Map<number, FlatFrame> | undefined
  itemsByKey: Map<number, FlatItems> | undefined
  activations: Map<number, FlatActivation> | undefined

  constructor(run: FlatRun, activation: FlatActivation, iteration: number, previous: FlatFrame | undefined) {
    const { loop } = activation
    this.run = run
    this.loop = loop
    this.iteration = iteration
    this.parent = activation.parent
    this.activation = activation
    this.previous = previous
    this.cells = run.zeros.cells(loop)
    this.marks = run.zeros.marks(loop)
    const { directNodes = 0, directLoops = 0 } = run.graph.loops[loop] ?? {}
    this.outputs = run.zeros.outputs(loop)
    this.undecided = directNodes + directLoops + 1
  }

  /** The frame of a run outside all loops. */
  static root(run: FlatRun): FlatFrame {
    return new FlatActivation(run, -1, undefined).first()
  }

  get path(): readonly number[] {
    this.iterations ??= this.parent === undefined ? [] : [...this.parent.path, this.iteration]
    return this.iterations
  }

  status(node: number): number {
    return this.cells[(this.run.graph.place[node] as number) * stride] as number
  }

  setStatus(node: number, status: number): void {
    this.cells[(this.run.graph.place[node] as number) * stride] = status
    if (this.loop !== -1 && isSettled(status)) this.noteSettled(node, status)
  }

  private noteSettled(node: number, status: number): void {
    const { seen, graph } = this.run
    seen[node] = (seen[node] ?? 0) | (1 << status)
    if ((graph.loops[this.loop] as CompiledLoop).header === node && !this.run.keepsPast) this.previous = undefined
    this.decided()
  }

  /** Lets the activation forget this frame once nothing in it can change any more. */
  decided(): void {
    if (--this.undecided === 0) this.activation.forget(this)
  }

  fallbackStatus(node: number): number {
    return this.fallbacks?.get(node) ?? visitCode.pending
  }

  setFallbackStatus(node: number, status: number): void {
    this.fallbacks = (this.fallbacks ?? new Map<number, number>()).set(node, status)
    const fallback = this.run.graph.fallbackOf[node] as number
    if (isSettled(status)) this.run.seen[fallback] = (this.run.seen[fallback] ?? 0) | (1 << status)
  }

  joinTotal(node: number): number {
    const { graph } = this.run
    const extra = graph.addedIn.size === 0 ? 0 : (graph.addedIn.get(siteKey(node, this.path))?.length ?? 0)
    const loop = this.iteration > 0 ? graph.loops[this.loop] : undefined
    if (loop?.header === node) return loop.backEdges.length + extra
    return (graph.inDegree[node] as number) + extra
  }

  joinTaken(node: number): number {
    return this.cells[(this.run.graph.place[node] as number) * stride + markCode.taken] as number
  }

  joinSkipped(node: number): number {
    return this.cells[(this.run.graph.place[node] as number) * stride + markCode.skipped] as number
  }

  joinFailed(node: number): number {
    return this.cells[(this.run.graph.place[node] as number) * stride + markCode.failed] as number
  }

  markEdge(edge: number, mark: number, source: Frame): void {
    const { graph } = this.run
    const target = graph.edgeTarget[edge] as number
    this.count(target, mark === markCode.late ? markCode.taken : mark)
    this.marks[graph.markPlace[edge] as number] = mark
    if (graph.edgeRoutes[edge] === edgeRoute.exit && mark === markCode.taken) {
      this.exitSources ??= new Map()
      this.exitSources.set(edge, source as FlatFrame)
    }
    if (this.loop !== -1) this.noteHeaderMarks(target)
  }

  markStart(node: number): void {
    this.count(node, markCode.taken)
    if (this.loop !== -1) this.noteHeaderMarks(node)
  }

  private count(node: number, mark: number): void {
    const at = (this.run.graph.place[node] as number) * stride + mark
    const { cells } = this
    // oxlint-disable-next-line operator-assignment -- the checked form of `+=` needs the cast on both sides
    cells[at] = (cells[at] as number) + 1
  }

  private noteHeaderMarks(node: number): void {
    if ((this.run.graph.loops[this.loop] as CompiledLoop).header !== node) return
    if (this.joinTaken(node) + this.joinSkipped(node) + this.joinFailed(node) === this.joinTotal(node)) this.decided()
  }

  edgeMark(edge: number): number {
    return this.marks[this.run.graph.markPlace[edge] as number] ?? markCode.none
  }

  /** The frame in which the source of a taken edge ran, its target lying in this frame. */
  // oxlint-disable-next-line typescript/prefer-return-this-type -- the frame behind a loop is another object
  sourceFrame(edge: number): FlatFrame | undefined {
    const route = this.run.graph.edgeRoutes[edge]
    if (route === edgeRoute.inside) return this
    if (route === edgeRoute.enter) return this.parent
    if (route === edgeRoute.back) return this.previous
    return this.exitSources?.get(edge)
  }

  cutOffBy(node: number): number {
    return this.causes?.get(node) ?? -1
  }

  setCutOffBy(node: number, cause: number): void {
    this.causes ??= new Map()
    if (cause < (this.causes.get(node) ?? Infinity)) this.causes.set(node, cause)
  }

  wasAttempted(node: number): boolean {
    return this.attempted?.has(node) === true
  }

  noteAttempted(node: number): void {
    this.attempted ??= new Set()
    this.attempted.add(node)
  }

  next(): FlatFrame {
    return this.activation.after(this)
  }

  enter(loop: number): FlatFrame {
    this.activations ??= new Map()
    let activation = this.activations.get(loop)
    if (activation === undefined) {
      activation = new FlatActivation(this.run, loop, this)
      this.activations.set(loop, activation)
    }
    return activation.first()
  }

  openFrames(loop: number): Iterable<FlatFrame> {
    const activation = this.activations?.get(loop)
    if (activation === undefined) return [this.enter(loop)]
    return activation.ended ? [] : activation.openFrames()
  }

  items(key: number): FlatItems | undefined {
    return this.itemsByKey?.get(key)
  }

  openItems(key: number, count: number, concurrency: number, tolerated: number): FlatItems {
    const items = new FlatItems(count, concurrency, tolerated)
    this.itemsByKey ??= new Map()
    this.itemsByKey.set(key, items)
    return items
  }

  has(node: number): boolean {
    return (this.run.graph.addedIteration.get(node) ?? this.path.join('.')) === this.path.join('.')
  }

  extend(graph: CompiledGraph, nodes: number, edges: number): void {
    this.run.graph = graph
    for (let index = 0; index < nodes * stride; index++) this.cells.push(0)
    for (let index = 0; index < edges; index++) this.marks.push(markCode.none)
    this.undecided += nodes
  }
}

/** An activation in memory. It holds the frames in which something can still change. */
export class FlatActivation implements Activation {
  readonly loop: number
  readonly parent: FlatFrame | undefined
  live = 0
  cutOffBy = -1
  private readonly run: FlatRun
  private readonly open: FrameList<FlatFrame> = new FrameList()
  exits: number[] | undefined
  private hasEnded = false

  constructor(run: FlatRun, loop: number, parent: FlatFrame | undefined) {
    this.run = run
    this.loop = loop
    this.parent = parent
  }

  get ended(): boolean {
    return this.hasEnded
  }

  set ended(ended: boolean) {
    if (ended && !this.hasEnded && this.parent !== undefined && this.parent.loop !== -1) this.parent.decided()
    this.hasEnded = ended
    if (ended && this.loop !== -1) this.open.clear()
  }

  get hasBegun(): boolean {
    if (this.loop === -1) return true
    const { oldest } = this.open
    const { header } = this.run.graph.loops[this.loop] as CompiledLoop
    return oldest?.iteration !== 0 || oldest.status(header) !== visitCode.pending
  }

  /** The frame of iteration 0. */
  first(): FlatFrame {
    const { oldest } = this.open
    return oldest?.iteration === 0 ? oldest : this.append(0, undefined)
  }

  /** The frame of the iteration after this one, which has a mark to write into it and so is open itself. */
  after(frame: FlatFrame): FlatFrame {
    const iteration = frame.iteration + 1
    // An iteration begins only once the one before has begun: a new frame is the newest.
    return this.open.find(iteration) ?? this.append(iteration, frame)
  }

  /** Opens the frame of an iteration; iterations are opened in order. */
  append(iteration: number, previous: FlatFrame | undefined): FlatFrame {
    const frame = new FlatFrame(this.run, this, iteration, previous)
    this.open.append(frame)
    return frame
  }

  /** Lets go of a frame in which nothing can change any more, so that it can become garbage. */
  forget(frame: FlatFrame): void {
    if (this.loop !== -1) this.open.remove(frame)
  }

  /** Takes over what a snapshot holds, after its frames were opened. */
  restore(live: number, cutOffBy: number, ended: boolean, exits: number[]): void {
    this.live = live
    this.cutOffBy = cutOffBy
    this.hasEnded = ended
    this.exits = exits
  }

  /** Frames in which something can still change, oldest first. */
  openFrames(): Iterable<FlatFrame> {
    return this.open.all()
  }

  exitMark(place: number): number {
    return this.exits?.[place] ?? markCode.none
  }

  setExitMark(place: number, mark: number): void {
    this.exits ??= []
    this.exits[place] = mark
  }
}
