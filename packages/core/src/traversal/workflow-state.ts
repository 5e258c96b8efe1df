import { HeddleError } from '../errors/heddle-error.ts'
import type { Outcome } from '../model/outcome.ts'
import type { ContextKey } from '../model/policy.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { OpenWait, WorkflowResult } from '../model/workflow-result.ts'
import type { Control } from '../kernel/control.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { visitCode } from '../kernel/status-codes.ts'
import type { RoutingResult } from '../kernel/route-edges.ts'
import { CompensationVisit, type Visit } from '../kernel/visit.ts'
import type { ISerializer } from '../ports/serializer.ts'
import type { FoldedRun } from './fold-journal.ts'
import { LazyResult, type WaitSource } from './lazy-result.ts'
import { idsWith } from './node-lists.ts'
import { NodeTable } from './node-table.ts'
import { takeSnapshot, type EndedWait, type Pending, type RestoredRun, type RunSnapshot } from './run-snapshot.ts'
import { recordedRoutes } from './recorded-routes.ts'
import { SharedValues } from './shared-values.ts'

const noIds: ReadonlySet<string> = new Set()

/** What a state starts with beside its shared values. */
export interface WorkflowStateOptions {
  readonly runId?: string
  /** Input of the run: what start nodes receive. */
  readonly input?: unknown
  /** Declared shared values (`policy.context` of the blueprint). */
  readonly declared?: Readonly<Record<string, ContextKey>>
}

/**
 * What is known of one run: outputs, errors, shared values, open waits. It is made before its traverser and works together with the
 * one whose batches it is given; where the run stands is then read from that traverser.
 *
 * @typeParam C record of the shared values
 */
export class WorkflowState<C extends object = Record<string, unknown>> {
  readonly runId: string
  readonly input: unknown
  /** The shared values with their versions. @internal */
  readonly shared: SharedValues
  /** Who knows the open waits of the run and its child runs; set by whoever executes it. @internal */
  waitSource: WaitSource | undefined
  /** The place of the last event before this process took the run over. @internal */
  firstSeq = 0
  /** Attempts, delays and timers under way; while there are any, a run without ready nodes is not yet at rest. @internal */
  underWay = 0
  /** Actions by node id, as the last visit of each node answered them. @internal */
  actions: Map<string, string> | undefined
  /** Actions and conditions by node id, as the last visit of each node that batches settled answered them. @internal */
  routes: Map<string, RoutingResult> | undefined
  private loose: Map<string, unknown> | undefined
  private table: NodeTable | undefined
  private control: Control | undefined
  private pending: readonly Pending[] = []
  /** How the waits ended that are over, of a run that was restored. @internal */
  endedWaits: readonly EndedWait[] = []
  private folded: FoldedRun | undefined

  /** @param initial shared values before the first node runs */
  constructor(initial: C | Record<string, never> = {}, options: WorkflowStateOptions = {}) {
    this.runId = options.runId ?? ''
    this.input = options.input
    this.shared = new SharedValues(options.declared, initial as Readonly<Record<string, unknown>>)
  }

  /** Joins this state with the control part of its run. Done by what executes batches; a second time changes nothing. @internal */
  bind(control: Control, root: FlatFrame): void {
    if (this.control === control) return
    if (this.table !== undefined) this.keepOutputs(this.table)
    this.control = control
    this.table = new NodeTable(control, root)
    for (const [id, output] of this.loose ?? []) this.table.setOutputById(id, output)
  }

  private keepOutputs(table: NodeTable): void {
    this.loose ??= new Map()
    for (const id of idsWith(table, visitCode.completed)) this.loose.set(id, table.output(id))
  }

  /**
   * The run as plain data.
   *
   * @param pending the live visits that are not under way, with what they wait for
   * @param seq the place of the run's last event
   * @internal
   */
  snapshot(
    pending: readonly Pending[],
    seq: number,
    { definitionHash, limits, endedWaits }: Pick<RunSnapshot, 'definitionHash' | 'limits' | 'endedWaits'>,
  ): RunSnapshot {
    const { control, table } = this
    if (control === undefined || table === undefined) {
      throw new HeddleError(
        'INVALID_STATE',
        `run "${this.runId}" has not begun: there is nothing to take a snapshot of`,
        { details: { runId: this.runId } },
      )
    }
    const { runId, input, shared } = this
    const { root, latest, fallbackOutputs } = table
    return takeSnapshot({
      runId,
      input,
      control,
      root,
      latest,
      fallbackOutputs,
      shared: shared.snapshot(),
      pending,
      seq,
      definitionHash,
      limits,
      endedWaits,
    })
  }

  /** Takes over what a snapshot holds. The live visits are handed to whoever drives the run: see `takePending`. @internal */
  restore({ control, root, latest, pending }: RestoredRun, snapshot: RunSnapshot): void {
    const { shared, fallbackOutputs, seq, endedWaits } = snapshot
    this.endedWaits = endedWaits
    this.bind(control, root)
    this.shared.restore(shared)
    this.pending = pending
    this.firstSeq = seq
    if (this.table === undefined) return
    this.table.latest = [...latest]
    if (fallbackOutputs.length > 0) this.table.fallbackOutputs = new Map(fallbackOutputs)
  }

  /** Takes over where a run stood at one place of its journal, for looking at it; nothing can go on from here. @internal */
  adopt(folded: FoldedRun): void {
    this.folded = folded
    this.shared.restore(folded.shared.snapshot())
    this.waitSource = { openWaits: () => [...folded.waits.values()] }
  }

  /** The live visits of a run that was rebuilt from its journal, which ends at `seq`. @internal */
  setPending(pending: readonly Pending[], seq: number): void {
    this.pending = pending
    this.firstSeq = seq
  }

  /** The live visits of a restored run, once. @internal */
  takePending(): readonly Pending[] {
    const { pending } = this
    this.pending = []
    return pending
  }

  /** Keeps what an accepted outcome brought: output and shared values, the error, or the items of a map. @internal */
  record(visit: Visit, outcome: Outcome): void {
    if (visit instanceof CompensationVisit) {
      if (outcome.status === 'completed') this.shared.commit(outcome.writes ?? [])
    } else if (outcome.status === 'completed') {
      this.recordOutput(visit, outcome.output, outcome.transformed)
      if (outcome.writes !== undefined) this.shared.commit(outcome.writes)
    } else if (outcome.status === 'failed') this.table?.recordFailure(visit, outcome.error)
    else if (outcome.status === 'suspended' && outcome.on.type === 'items') {
      const items = (visit.frame as FlatFrame).items(visit.itemsKey)
      if (items !== undefined) items.values = outcome.on.items
    }
  }

  /** Keeps the output of a visit that completed. @internal */
  recordOutput(visit: Visit, output: unknown, transformed: ReadonlyMap<number, unknown> | undefined): void {
    this.table?.record(visit, output, transformed)
  }

  /** Records a node as completed, for a program that runs nodes by itself. */
  async addCompletedNode(id: string, output: unknown): Promise<void> {
    this.loose ??= new Map()
    this.loose.set(id, output)
    this.table?.setOutputById(id, output)
  }

  /** Ids of the nodes of which a visit completed. The set is a copy. */
  getCompletedNodes(): Set<string> {
    const completed = new Set(this.loose?.keys())
    const table = this.folded?.table ?? this.table
    if (table !== undefined) for (const id of idsWith(table, visitCode.completed)) completed.add(id)
    if (this.routes !== undefined) recordedRoutes.set(completed, this.routes)
    return completed
  }

  /** The shared values by key; a copy. */
  getContext(): C {
    return this.shared.toRecord() as C
  }

  /** Output of a node by id: of the visit with the highest iteration. */
  getOutput(id: string): unknown {
    return this.table?.hasOutput(id) === true ? this.table.output(id) : this.loose?.get(id)
  }

  /** Whether a visit of the node completed, or its fallback did in its place; the output may still be `undefined`. */
  hasOutput(id: string): boolean {
    return this.table?.hasOutput(id) === true || this.loose?.has(id) === true
  }

  /**
   * Where the run stands. A state that no traverser was joined with knows completed nodes only, and is `completed` when all nodes
   * apart from fallbacks are.
   */
  getStatus(allNodeIds: ReadonlySet<string>, fallbackNodeIds: ReadonlySet<string>): RunStatus {
    const { control, folded } = this
    if (folded !== undefined) return folded.status
    if (control === undefined || control.run.phase === 'created') return this.looseStatus(allNodeIds, fallbackNodeIds)
    const { phase } = control.run
    if (phase !== 'live' && phase !== 'compensating') return phase
    return control.ready.length === 0 && this.underWay === 0 && this.openWaits().length > 0 ? 'awaiting' : 'stalled'
  }

  /** The open waits of the run and its child runs. @internal */
  openWaits(): readonly OpenWait[] {
    return this.waitSource?.openWaits() ?? []
  }

  private looseStatus(allNodeIds: ReadonlySet<string>, fallbackNodeIds: ReadonlySet<string>): RunStatus {
    for (const id of allNodeIds) if (!fallbackNodeIds.has(id) && this.loose?.has(id) !== true) return 'stalled'
    return allNodeIds.size === 0 ? 'stalled' : 'completed'
  }

  /** The result so far; outputs and lists are computed when they are read. Its status is `getStatus` of the moment it was made. */
  toResult(serializer: ISerializer): WorkflowResult<C> {
    return new LazyResult<C>(
      this,
      this.getStatus(noIds, noIds),
      this.folded?.table ?? this.table,
      this.loose,
      serializer,
    )
  }
}
