import { HeddleError } from '../errors/heddle-error.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { expandGraph } from '../graph/expansion.ts'
import { Control, type RunCell } from '../kernel/control.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { FlatUndoLog, type FlatUndoEntry } from '../kernel/flat-undo-log.ts'
import { FrameTemplates, type FlatRun } from '../kernel/frame-templates.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { setStatus } from '../kernel/visit-status.ts'
import { CompensationVisit, Visit } from '../kernel/visit.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { Expansion, Resumption, SingleSuspension, Suspension } from '../model/outcome.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { SettledCall } from '../model/settled-call.ts'
import { restoreFrames, snapshotFrames, type FramesSnapshot } from './frame-snapshot.ts'
import type { SharedSnapshot } from './shared-values.ts'
import type { KeptVisit } from './visit-order.ts'

/** What a live visit was doing. Moments are milliseconds since 1970. */
export type PendingState =
  | { readonly type: 'ready'; readonly resumption?: Resumption }
  | { readonly type: 'retry'; readonly due: number; readonly error?: HeddleError }
  | SuspendedState

/** What a suspended visit waits for: since when, until when, and with which child run. */
export interface SuspendedState {
  readonly type: 'suspended'
  readonly on: Suspension
  readonly since?: number
  readonly due?: number
  readonly child?: StartedChild
}

/** A child run that was started; it is gone on with from what its parent keeps of it, or from a journal of its own. */
export interface StartedChild {
  readonly snapshot?: RunSnapshot
  /** The key that its visit had when it was started, if a migration has renamed that since: the child's id follows from it. */
  readonly startedAs?: string
}

/** A durable call of a handler that is waited for. */
export interface OpenCall {
  readonly on: SingleSuspension
  /** Since when it is waited for, in milliseconds since 1970. */
  readonly since?: number
  /** When it ends by itself, in milliseconds since 1970. */
  readonly due?: number
  /** Of an `invoke`: the child run, once it was started. */
  readonly child?: StartedChild
}

/** The durable calls of one visit, by name and occurrence. */
export interface VisitCallsData {
  readonly settled: readonly (readonly [call: string, settled: SettledCall])[]
  /** How many of the settled calls, from the first one, stand in the order in which the handler was answered. */
  readonly answered?: number
  readonly open: readonly (readonly [call: string, open: OpenCall])[]
  /** How long the attempt was active before its last suspension, in milliseconds; counted where its time is limited. */
  readonly activeMs?: number
}

/** A live visit with what it was doing. */
export interface Pending {
  readonly visit: Visit
  readonly state: PendingState
  /** What is recorded of the durable calls of its handler, if it made any. */
  readonly calls?: VisitCallsData | undefined
}

interface PendingData {
  readonly node: number
  readonly frame: number
  readonly item: number
  readonly insteadOf: number
  readonly attempt: number
  /** Undoes the last entry of `undoable`. */
  readonly compensates?: true
  readonly state: PendingState
  readonly calls?: VisitCallsData
}

/** A visit that would have to be undone. */
interface UndoData {
  readonly node: number
  readonly frame: number
  readonly item: number
  readonly insteadOf: number
  readonly isOutcomeKnown: boolean
  readonly hasInput: boolean
  readonly input: unknown
  readonly output: unknown
  readonly itemValue: unknown
}

/** A run as plain data: enough to go on with it elsewhere. Written by one version of Heddle, read by those that know its format. */
export interface RunSnapshot {
  readonly format: 1
  readonly runId: string
  readonly workflowId: string
  readonly definitionHash: string
  readonly input: unknown
  readonly onFailure: FailurePolicy
  readonly run: RunCell
  readonly failures: readonly HeddleError[]
  readonly shared: SharedSnapshot
  readonly expansions: readonly { readonly site: string; readonly expansion: Expansion }[]
  readonly frames: FramesSnapshot
  readonly seen: readonly number[]
  readonly fallbackOutputs: readonly (readonly [number, KeptVisit])[]
  readonly pending: readonly PendingData[]
  /** Visits that would have to be undone, in order; only of a run whose failure is compensated. */
  readonly undoable?: readonly UndoData[]
  /** The place of the run's last event: the next one continues from it. */
  readonly seq: number
  readonly limits: SnapshotLimits
  /** How the waits ended that are over, by id. */
  readonly endedWaits: readonly EndedWait[]
}

/** A wait that can be answered no more. */
export type EndedWait = readonly [waitId: string, end: 'answered' | 'expired']

/** What a run is bound by beside its definition, as far as it was given. Moments are milliseconds since 1970. */
export interface SnapshotLimits {
  readonly deadlineMs?: number | undefined
  readonly startedAt?: number | undefined
  readonly parentRunId?: string | undefined
  readonly depth?: number | undefined
}

/** What a snapshot is written from. */
export interface SnapshotSource {
  readonly runId: string
  readonly input: unknown
  readonly control: Control
  readonly root: FlatFrame
  readonly latest: readonly (FlatFrame | undefined)[]
  readonly fallbackOutputs: ReadonlyMap<number, KeptVisit> | undefined
  readonly shared: SharedSnapshot
  readonly pending: readonly Pending[]
  readonly seq: number
  readonly definitionHash: string
  readonly limits: SnapshotLimits
  readonly endedWaits: readonly EndedWait[]
}

/** Writes a run as plain data. Attempts under way are not part of it: they are made again when the run is restored. */
export function takeSnapshot(source: SnapshotSource): RunSnapshot {
  const { control, root, pending } = source
  const { blueprint, expansions } = control.graph
  const log = control.log as FlatUndoLog | undefined
  const kept = log?.entries.map(({ visit }) => visit.frame as FlatFrame) ?? []
  const { snapshot: frames, idOf } = snapshotFrames(root, source.latest, kept)
  return {
    format: 1,
    runId: source.runId,
    workflowId: blueprint.id,
    definitionHash: source.definitionHash,
    input: source.input,
    onFailure: control.onFailure,
    run: { ...control.run, usedFallbacks: [...control.run.usedFallbacks] },
    failures: [...control.failures],
    shared: source.shared,
    expansions,
    seen: Array.from(root.run.seen, (bits) => bits ?? 0),
    fallbackOutputs: [...(source.fallbackOutputs ?? [])],
    pending: pending.map(({ visit, state, calls }) => {
      const { node, item, insteadOf, attempt } = visit
      const compensates = visit instanceof CompensationVisit ? { compensates: true as const } : {}
      const place = { node, frame: idOf(visit.frame as FlatFrame), item, insteadOf, attempt, ...compensates }
      return { ...place, state, ...(calls === undefined ? {} : { calls }) }
    }),
    ...(log === undefined ? {} : { undoable: log.entries.map((entry) => undoData(entry, idOf)) }),
    frames,
    seq: source.seq,
    limits: source.limits,
    endedWaits: source.endedWaits,
  }
}

function undoData({ visit, item: itemValue, ...known }: FlatUndoEntry, idOf: (frame: FlatFrame) => number): UndoData {
  const { node, frame, item, insteadOf } = visit
  return { ...known, node, frame: idOf(frame as FlatFrame), item, insteadOf, itemValue }
}

function restoreLog(entries: readonly UndoData[], byId: ReadonlyMap<number, FlatFrame>): FlatUndoLog {
  const log = new FlatUndoLog()
  for (const { node, frame: id, item, insteadOf, itemValue, ...known } of entries) {
    const frame = byId.get(id)
    if (frame === undefined) continue
    log.entries.push({ ...known, visit: new Visit(node, frame, item, insteadOf), item: itemValue })
  }
  return log
}

/** A run made of a snapshot. */
export interface RestoredRun {
  readonly control: Control
  readonly root: FlatFrame
  readonly latest: readonly (FlatFrame | undefined)[]
  readonly pending: readonly Pending[]
}

/**
 * Makes a run of a snapshot.
 *
 * @param hash of the blueprint together with its subflows
 * @throws HeddleError `DEFINITION_MISMATCH` if the blueprint is not the one that the run began with, `INVALID_STATE` if the snapshot
 *   has a format that this version does not know
 */
export function restoreSnapshot(blueprint: WorkflowBlueprint, snapshot: RunSnapshot, hash: string): RestoredRun {
  checkSnapshot(snapshot, hash)
  const compiled = compileGraph(blueprint)
  const graph = snapshot.expansions.reduce(expandAgain, compiled)
  const isUndone = snapshot.onFailure === 'compensate'
  const zeros = new FrameTemplates(compiled)
  const run: FlatRun = { graph, zeros, seen: [...snapshot.seen], keepsPast: isUndone }
  const { root, byId, latest } = restoreFrames(run, snapshot.frames)
  const log = isUndone ? restoreLog(snapshot.undoable ?? [], byId) : undefined
  const control = new Control(graph, root, snapshot.onFailure, log, {
    ...snapshot.run,
    usedFallbacks: [...snapshot.run.usedFallbacks],
  })
  control.failures.push(...snapshot.failures)
  const pending = snapshot.pending.flatMap(({ frame, attempt, state, calls, ...place }) => {
    const at = byId.get(frame)
    const visit = at === undefined ? undefined : restoreVisit(control, place, at)
    if (visit === undefined) return []
    visit.attempt = attempt
    if (state.type === 'ready') setReady(control, visit)
    else if (state.type === 'retry') visit.lastError = state.error
    return [{ visit, state, ...(calls === undefined ? {} : { calls }) }]
  })
  return { control, root, latest, pending }
}

function restoreVisit(
  { log }: Control,
  { node, item, insteadOf, compensates }: Pick<PendingData, 'node' | 'item' | 'insteadOf' | 'compensates'>,
  frame: FlatFrame,
): Visit | undefined {
  if (compensates !== true) return new Visit(node, frame, item, insteadOf)
  const entry = log?.last()
  return entry === undefined ? undefined : new CompensationVisit(entry.visit, entry)
}

/** An attempt that was under way is made again: its visit is ready once more. */
function setReady({ run }: Control, visit: Visit): void {
  if (!(visit instanceof CompensationVisit)) setStatus(visit, visitCode.ready)
  else if (run.undoing !== undefined) run.undoing = { ...run.undoing, status: visitCode.ready }
}

function checkSnapshot(snapshot: RunSnapshot, hash: string): void {
  const { runId, format } = snapshot
  if (format !== 1) {
    throw new HeddleError(
      'INVALID_STATE',
      'the snapshot has a format that this version does not know; it may be from a newer version',
      { details: { format } },
    )
  }
  if (hash === snapshot.definitionHash) return
  throw new HeddleError(
    'DEFINITION_MISMATCH',
    `run "${runId}" began with another definition of workflow "${snapshot.workflowId}" or of one of its subflows; resume it with the blueprints that it began with`,
    { details: { runId, expected: snapshot.definitionHash, given: hash } },
  )
}

function expandAgain(graph: CompiledGraph, { site, expansion }: RunSnapshot['expansions'][number]): CompiledGraph {
  const [node = '', iteration = ''] = site.split('@')
  const path = iteration === '' ? [] : iteration.split('.').map(Number)
  return expandGraph(graph, { node: Number(node), path, isUndecided: () => true }, expansion).graph
}
