import { waitingJoins } from '../execution/run/waiting-joins.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { CellOverlay } from '../kernel/cell-overlay.ts'
import { NamedFrame } from '../kernel/named-frame.ts'
import { NamedRunState } from '../kernel/named-run-state.ts'
import { toErrorData } from '../model/error-data.ts'
import type { Explanation, PlainReason } from '../model/explanation.ts'
import { jobIdOf } from '../model/run-job.ts'
import type { RunStatus } from '../model/run-status.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { DispatchRecord, RunHead } from '../ports/run-records.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { explainRun } from '../traversal/explain-run.ts'
import { openActivities, type OpenActivities } from '../traversal/open-activities.ts'
import { RunGraphs, type Definitions } from './definitions.ts'
import { readEvents } from './event-feed.ts'
import { nodeIndex } from './locate-visit.ts'
import { isAtRest } from './run-requests.ts'

/** What a run in a store is explained with. */
export interface ExplainOptions {
  readonly store: ICoordinationStore
  readonly serializer: ISerializer
  readonly definitions: Definitions
  /** Tells how far away moments are; the store's own clock may be some seconds apart from it. */
  readonly clock: IClock
}

type PermitReason = Extract<PlainReason, { readonly type: 'permit' }>

/** What is read of a run to explain it. */
interface Records {
  readonly head: RunHead
  readonly activities: OpenActivities
  readonly dispatches: readonly DispatchRecord[]
  /** The run's graph, where its definition is known. */
  readonly graph: CompiledGraph | undefined
}

/** Where a run in a store stands; `running` while it is neither at rest nor ended. */
export async function storedStatus(store: ICoordinationStore, head: RunHead): Promise<RunStatus | 'running'> {
  if (head.status !== 'live') return head.status
  if (head.stalledBy !== undefined) return 'stalled'
  return (await isAtRest(store, head)) ? 'awaiting' : 'running'
}

/** Why a run in a store does not move, by its records. Without its definition, its joins are left out. */
export async function explainStoredRun(options: ExplainOptions, head: RunHead): Promise<Explanation> {
  const { store, clock } = options
  const [status, reasons] = await Promise.all([storedStatus(store, head), readReasons(options, head)])
  return explainRun(head.runId, status, reasons, clock.now())
}

async function readReasons(options: ExplainOptions, head: RunHead): Promise<PlainReason[]> {
  const { store, serializer, definitions } = options
  if (head.status !== 'live') return [endReason(options, head, head.status)]
  const definition = definitions.get(head.definitionHash)
  const [events, dispatches] = await Promise.all([readEvents(store, serializer, head, 0), store.readDispatches(head)])
  const graph = definition === undefined ? undefined : new RunGraphs().with(definition, head, head.expansions)
  const records = { head, dispatches, graph, activities: openActivities(events) }
  const [permits, children, joins] = await Promise.all([
    permitReasons(options, records),
    childReasons(options, records),
    joinReasons(store, records),
  ])
  const waiting = new Set(permits.map(visitKey))
  const others = { ...records, dispatches: dispatches.filter(({ visit }) => !waiting.has(visitKey(visit))) }
  return [...runReasons(records), ...permits, ...visitReasons(options, others), ...children, ...joins]
}

function endReason(
  { serializer }: ExplainOptions,
  { failures, endedAt }: RunHead,
  status: 'completed' | 'failed' | 'cancelled',
): PlainReason {
  const [text] = failures
  return {
    type: 'ended',
    status,
    ...(endedAt === undefined ? {} : { at: endedAt }),
    ...(text === undefined ? {} : { error: toErrorData(serializer.deserialize(text)) }),
  }
}

/** Reasons about the run as a whole: its turns, and what was delivered to it. */
function runReasons({ head, dispatches, activities }: Records): PlainReason[] {
  const { stalledBy, definitionHash, revision, startedAt, underWay } = head
  if (stalledBy !== undefined) return [{ type: 'stalled', by: stalledBy }]
  if (revision === 0) return [{ type: 'unclaimed', definitionHash, since: startedAt }]
  const count = underWay - dispatches.length - activities.timers.length
  return count > 0 ? [{ type: 'undecided', definitionHash, count }] : []
}

/** Reasons about visits that are dispatched or wait, child runs apart. */
function visitReasons({ clock }: ExplainOptions, records: Records): PlainReason[] {
  const { head, dispatches, activities } = records
  return [
    ...dispatches.map((dispatch) => dispatchReason(records, dispatch, clock.now())),
    ...activities.timers,
    ...activities.maps,
    ...head.waits.map((wait) => {
      const since = activities.opened.get(wait.waitId)
      return { type: 'wait', ...wait, ...(since === undefined ? {} : { since }) } as const
    }),
  ]
}

function dispatchReason({ head, activities, graph }: Records, dispatch: DispatchRecord, now: number): PlainReason {
  const { visit, attempt, notBefore, isClaimed } = dispatch
  const key = visitKey(visit)
  const fields = { ...visit, attempt, maxAttempts: Math.max(attempt, maxAttemptsOf(graph, visit)) }
  if (isClaimed) {
    const since = activities.started.get(key)
    return { type: 'running', ...fields, ...(since === undefined ? {} : { since }) }
  }
  if (notBefore > now) {
    const error = activities.errors.get(key)
    return { type: 'backoff', ...fields, due: notBefore, ...(error === undefined ? {} : { error }) }
  }
  return { type: 'unclaimed', definitionHash: head.definitionHash, since: notBefore, visit, attempt }
}

function maxAttemptsOf(graph: CompiledGraph | undefined, { nodeId, iteration }: VisitName): number {
  const node = graph === undefined ? undefined : nodeIndex(graph, nodeId, iteration)
  return node === undefined ? 1 : (graph?.nodes[node]?.config?.retry?.maxAttempts ?? 1)
}

/** Reasons about dispatches that wait for a permit. */
async function permitReasons({ store }: ExplainOptions, { head, graph, dispatches }: Records): Promise<PermitReason[]> {
  const found = await Promise.all(
    dispatches.map(async ({ visit, dispatch, attempt, isClaimed }): Promise<PermitReason[]> => {
      const node = graph === undefined ? undefined : nodeIndex(graph, visit.nodeId, visit.iteration)
      const key = node === undefined ? undefined : graph?.nodes[node]?.config?.concurrencyKey
      if (isClaimed || key === undefined) return []
      const state = await store.readPermits(key, jobIdOf(head.incarnation, head.runId, visitKey(visit), dispatch))
      if (state?.waitsSince === undefined) return []
      const { limit, holders, held, waitsSince: since, rateOpensAt } = state
      const opensAt = rateOpensAt === undefined ? {} : { rateOpensAt }
      const maxAttempts = Math.max(attempt, maxAttemptsOf(graph, visit))
      return [{ type: 'permit', ...visit, attempt, maxAttempts, key, limit, since, holders, held, ...opensAt }]
    }),
  )
  return found.flat()
}

async function childReasons(options: ExplainOptions, { head, activities }: Records): Promise<PlainReason[]> {
  const started = await options.store.readChildren(head)
  const visits = new Map(started.map(({ childRunId, visit }) => [childRunId, visit]))
  return Promise.all(
    head.children.map(async (childRunId): Promise<PlainReason> => {
      const told = activities.children.get(childRunId)
      const visit = told?.visit ?? visits.get(childRunId) ?? { nodeId: '', iteration: [] }
      const call = told?.call === undefined ? {} : { call: told.call }
      return { type: 'child', ...visit, ...call, childRunId, explanation: await explainChild(options, childRunId) }
    }),
  )
}

async function explainChild(options: ExplainOptions, childRunId: string): Promise<Explanation> {
  const child = await options.store.readRun(childRunId)
  if (child !== undefined) return explainStoredRun(options, child)
  return explainRun(childRunId, 'running', [{ type: 'not-begun' }], options.clock.now())
}

async function joinReasons(store: ICoordinationStore, { head, graph, dispatches }: Records): Promise<PlainReason[]> {
  if (graph === undefined) return []
  const cells = new CellOverlay()
  cells.load(await store.readCells(head, 'all'))
  cells.isComplete = true
  const running = dispatches.filter(({ isClaimed }) => isClaimed).map(({ visit }) => visitKey(visit))
  const { phase } = new NamedRunState(cells)
  return waitingJoins(graph, NamedFrame.root({ graph, cells, frames: new Map() }), new Set(running), phase)
}
