import { HeddleError } from '../errors/heddle-error.ts'
import { compileGraph } from '../graph/compile-graph.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { expandGraph } from '../graph/expansion.ts'
import { Control, type RunCell } from '../kernel/control.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { FrameTemplates, type FlatRun } from '../kernel/frame-templates.ts'
import { visitCode } from '../kernel/status-codes.ts'
import { Visit } from '../kernel/visit.ts'
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
  readonly state: PendingState
  readonly calls?: VisitCallsData
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
  const { snapshot: frames, idOf } = snapshotFrames(root, source.latest)
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
      const place = { node, frame: idOf(visit.frame as FlatFrame), item, insteadOf, attempt }
      return { ...place, state, ...(calls === undefined ? {} : { calls }) }
    }),
    frames,
    seq: source.seq,
    limits: source.limits,
    endedWaits: source.endedWaits,
  }
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
  const run: FlatRun = { graph, zeros: new FrameTemplates(compiled), seen: [...snapshot.seen] }
  const { root, byId, latest } = restoreFrames(run, snapshot.frames)
  const control = new Control(graph, root, snapshot.onFailure, {
    ...snapshot.run,
    usedFallbacks: [...snapshot.run.usedFallbacks],
  })
  control.failures.push(...snapshot.failures)
  const pending = snapshot.pending.flatMap(({ node, frame, item, insteadOf, attempt, state, calls }) => {
    const at = byId.get(frame)
    if (at === undefined) return []
    const visit = new Visit(node, at, item, insteadOf)
    visit.attempt = attempt
    if (state.type === 'ready') setReady(visit)
    else if (state.type === 'retry') visit.lastError = state.error
    return [{ visit, state, ...(calls === undefined ? {} : { calls }) }]
  })
  return { control, root, latest, pending }
}

/** An attempt that was under way is made again: its visit is ready once more. */
function setReady({ frame, node, item, insteadOf, itemsKey }: Visit): void {
  if (item !== -1) frame.items(itemsKey)?.setStatus(item, visitCode.ready)
  else if (insteadOf === -1) frame.setStatus(node, visitCode.ready)
  else frame.setFallbackStatus(insteadOf, visitCode.ready)
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
