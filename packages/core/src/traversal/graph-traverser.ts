import { compileGraph } from '../graph/compile-graph.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { FlatFrame } from '../kernel/flat-frame.ts'
import { FlatUndoLog } from '../kernel/flat-undo-log.ts'
import { FrameTemplates, type FlatRun } from '../kernel/frame-templates.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { statusIn } from '../kernel/visit-status.ts'
import { CompensationVisit, nodeId, type Visit } from '../kernel/visit.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { RunFact } from '../model/run-event.ts'
import { recordedRoutes } from './recorded-routes.ts'
import { settleCompleted } from './settle-completed.ts'

const templates = new WeakMap<CompiledGraph, FrameTemplates>()

/** One visit that may run next, as `getReadyNodes` hands it out. */
export interface ReadyNode {
  readonly nodeId: string
  readonly iteration: readonly number[]
  readonly attempt: number
  /** Item index inside a map. */
  readonly item?: number
  /** Set where a visit of the node that completed is undone, since the run has failed. */
  readonly compensates?: true
  /** @internal */
  readonly visit: Visit
  /** @internal */
  readonly traverser: GraphTraverser
}

/** Nodes that a program took as completed, and the actions that it named. */
export interface TakenAsCompleted {
  readonly ids: ReadonlySet<string>
  readonly actions: ReadonlyMap<string, string>
}

/** What a traverser may be told beside its blueprint. */
export interface GraphTraverserOptions {
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
}

/**
 * What may run next: the control part of a run over one blueprint. A thin face of the kernel, for orchestrators: it hands out ready
 * nodes, and learns from `processResults` what became of them.
 */
export class GraphTraverser {
  /** @internal */
  control: Control
  /** @internal */
  root: FlatFrame
  /** The run that drives this traverser, once there is one. @internal */
  driver: unknown
  /** What `setCompletedNodes` took as completed, until a state is joined that knows more of them. @internal */
  taken: TakenAsCompleted | undefined
  private readonly compiled: CompiledGraph
  private readonly onFailure: FailurePolicy
  private handedOut: Visit[] = []

  /** @param blueprint a valid blueprint (`validateBlueprint`); it is frozen */
  constructor(blueprint: WorkflowBlueprint, options: GraphTraverserOptions = {}) {
    this.compiled = compileGraph(blueprint)
    this.onFailure = options.onFailure ?? blueprint.policy?.onFailure ?? 'stop'
    const { control, root } = this.fresh()
    this.control = control
    this.root = root
  }

  /** A traverser for a run that was restored. @internal */
  static restored(
    blueprint: WorkflowBlueprint,
    { control, root }: { readonly control: Control; readonly root: FlatFrame },
  ): GraphTraverser {
    const traverser = new GraphTraverser(blueprint, { onFailure: control.onFailure })
    traverser.control = control
    traverser.root = root
    return traverser
  }

  private fresh(): { control: Control; root: FlatFrame } {
    const graph = this.compiled
    let zeros = templates.get(graph)
    if (zeros === undefined) {
      zeros = new FrameTemplates(graph)
      templates.set(graph, zeros)
    }
    const isUndone = this.onFailure === 'compensate'
    const run: FlatRun = { graph, zeros, seen: [], keepsPast: isUndone }
    const root = FlatFrame.root(run)
    return { control: new Control(graph, root, this.onFailure, isUndone ? new FlatUndoLog() : undefined), root }
  }

  /** Makes the start nodes ready. The first question about ready nodes does it too. */
  begin(): void {
    if (this.control.run.phase === 'created') decide(this.control, { type: 'begin' })
  }

  /** Whether a visit is ready. */
  hasMoreWork(): boolean {
    this.begin()
    return this.readyVisits().length > 0
  }

  /** Puts visits that were handed out and not begun back in front of the driver. @internal */
  returnReadyNodes(): void {
    for (const visit of this.readyVisits()) this.control.ready.push(visit)
    this.handedOut = []
  }

  /** The visits that are ready, in the order in which they became so. Asking twice answers the same. */
  getReadyNodes(): ReadyNode[] {
    this.begin()
    return this.readyVisits().map((visit) => ({
      nodeId: nodeId(this.control.graph, visit.node),
      iteration: visit.frame.path,
      attempt: visit.attempt,
      ...(visit.item === -1 ? {} : { item: visit.item }),
      ...(visit instanceof CompensationVisit ? { compensates: true as const } : {}),
      visit,
      traverser: this,
    }))
  }

  /** The visit of a ready node; of one that was handed out before a state was joined, the one that took its place. @internal */
  current({ visit, nodeId: id, iteration, item }: ReadyNode): Visit | undefined {
    if ((visit.frame as FlatFrame).run === this.root.run) return visit
    const place = iteration.join('.')
    return this.getReadyNodes().find(
      (node) => node.nodeId === id && node.item === item && node.iteration.join('.') === place,
    )?.visit
  }

  private readyVisits(): Visit[] {
    const { ready } = this.control
    for (let visit = ready.shift(); visit !== undefined; visit = ready.shift()) this.handedOut.push(visit)
    // A visit that was handed out before may have become ready once more meanwhile.
    this.handedOut = [...new Set(this.handedOut)].filter((visit) => statusIn(this.control, visit) === visitCode.ready)
    return this.handedOut
  }

  /** The blueprint together with the nodes and edges that handlers added so far. */
  getDynamicBlueprint(): WorkflowBlueprint {
    const { graph } = this.control
    if (graph.expansions.length === 0) return graph.blueprint
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
    return { ...graph.blueprint, nodes: [...nodes.values()], edges: [...new Set(graph.edges)] }
  }

  /** Ids of all nodes, fallbacks and those that handlers added included. The set is a copy. */
  getAllNodeIds(): Set<string> {
    return new Set(this.control.graph.nodes.map(({ id }) => id))
  }

  /** Ids of the nodes that run only in place of a failed one. */
  getFallbackNodeIds(): Set<string> {
    const { nodes, isFallback } = this.control.graph
    return new Set(nodes.filter((_, node) => isFallback[node] === 1).map(({ id }) => id))
  }

  /**
   * Accepted for programs that compute a frontier by themselves. What may run follows from the marks, so a frontier changes nothing:
   * see `setCompletedNodes`.
   */
  setFrontier(_ids: ReadonlySet<string>): void {
    this.begin()
  }

  /**
   * Takes nodes as completed and derives from their marks what may run next; nodes that this traverser knows as completed anyway
   * change nothing. Where no action of a node is known, its plain edges are taken; once a state is joined, its recorded outputs and
   * actions decide. Ids that contradict the marks (a branch that was not chosen, an unneeded fallback) are ignored.
   *
   * @param actions action by node id, where one is known
   */
  setCompletedNodes(ids: ReadonlySet<string>, actions: ReadonlyMap<string, string> = new Map()): void {
    if ([...ids].every((id) => this.hasCompleted(id))) return
    this.restart()
    this.taken = { ids: new Set(ids), actions }
    const { control } = this
    const { facts } = control
    control.facts = undefined
    const routes = recordedRoutes.get(ids)
    settleCompleted(control, ids, (_visit, id) => {
      const { action = actions.get(id), conditions } = routes?.get(id) ?? {}
      return { status: 'completed', output: undefined, action, conditions }
    })
    control.facts = facts
  }

  /** Begins once more, as if nothing had run. @internal */
  restart(): void {
    const { facts } = this.control
    const { control, root } = this.fresh()
    this.control = control
    this.root = root
    this.driver = undefined
    this.taken = undefined
    this.handedOut = []
    decide(control, { type: 'begin' })
    control.facts = facts
  }

  /** Whether a visit of the node completed. */
  private hasCompleted(id: string): boolean {
    const { graph } = this.control
    const node = graph.indexById.get(id)
    if (node === undefined) return false
    const isOwn = graph.loopOf[node] === -1 && graph.isFallback[node] !== 1
    const seen = isOwn ? 1 << this.root.status(node) : (this.root.run.seen[node] ?? 0)
    return (seen & (1 << visitCode.completed)) !== 0
  }

  /** Facts of the decisions since the last call, if they are recorded. @internal */
  takeFacts(): RunFact[] {
    const { facts } = this.control
    if (facts === undefined || facts.length === 0) return []
    this.control.facts = []
    return facts
  }
}
