import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { runDeadline } from '../errors/run-errors.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { cellsOfStart } from '../kernel/cell-reach.ts'
import { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { NamedFrame, type NamedRun } from '../kernel/named-frame.ts'
import { NamedUndoLog } from '../kernel/named-undo-log.ts'
import { NamedRunState } from '../kernel/named-run-state.ts'
import { noteUnknown } from '../kernel/note-undo.ts'
import { isLive, visitCode } from '../kernel/status-codes.ts'
import { statusIn, statusOf } from '../kernel/visit-status.ts'
import { CompensationVisit, type Visit } from '../kernel/visit.ts'
import type { FailedOutcome, Outcome, Resumption } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { InboxEvent, StoredOutcome, StoredResumption, StoredSuspension } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { endCalls, settleCall } from './call-cells.ts'
import { collectEffects, dispatchOf } from './collect-effects.ts'
import { visitOf } from './locate-visit.ts'
import { hasConflict, mergeWrites, writeMerged } from './merged-writes.ts'
import { toEntry } from './stored-fact.ts'
import { serializeError, unpackOutcome } from './stored-outcome.ts'
import { TurnDraft } from './turn-draft.ts'
import type { TurnView } from './turn-view.ts'
import { errorValue, itemErrorValue } from './value-names.ts'

/** What became of an event. */
export interface EventDecision {
  readonly draft: TurnDraft
  readonly graph: CompiledGraph
  /** The run has ended by it. */
  readonly ended?: 'completed' | 'failed' | 'cancelled'
  /** Errors that it added. */
  readonly failures: readonly HeddleError[]
}

/** One event being decided. */
interface Deciding {
  readonly view: TurnView
  readonly named: NamedRun
  readonly control: Control
  readonly draft: TurnDraft
  /** The resumption that the kernel passes on, and what it stands for. */
  resumed?: { readonly given: Resumption; readonly stored: StoredResumption }
  /** What the visit waits for that the event suspends. */
  suspended?: StoredSuspension
}

/**
 * Lets the kernel decide an event over the cells at hand. Changes cells of the view; everything else is answered.
 *
 * @param random a number from 0 to 1, for the jitter of a retry
 * @throws MissingCells if a cell did not come along; the changes of the event must then be discarded
 */
export function decideEvent(view: TurnView, event: InboxEvent, random: number): EventDecision {
  const named: NamedRun = { graph: view.graph, cells: view.cells, frames: new Map() }
  const log = view.onFailure === 'compensate' ? new NamedUndoLog(named) : undefined
  const control = new Control(view.graph, NamedFrame.root(named), view.onFailure, log, new NamedRunState(view.cells))
  const deciding: Deciding = { view, named, control, draft: new TurnDraft() }
  for (const { visit, attempt } of view.cells.isComplete ? view.claimed : []) {
    decide(control, { type: 'started', visit: visitOf(named, visit, attempt) })
  }
  control.facts = []
  deciding.draft.handled.push(event.id)
  applyEvent(deciding, event, random)
  const ended = collectEffects(deciding)
  return {
    draft: deciding.draft,
    graph: control.graph,
    failures: control.failures,
    ...(ended === undefined ? {} : { ended }),
  }
}

function applyEvent(deciding: Deciding, event: InboxEvent, random: number): void {
  const { control, view } = deciding
  switch (event.type) {
    case 'begin':
      begin(deciding)
      break
    case 'outcome':
      settle(deciding, event, event.outcome, random)
      break
    case 'lost':
      settleLost(deciding, event)
      break
    case 'resumed':
      resume(deciding, event)
      break
    case 'cancel':
      decide(control, { type: 'cancel', ...(event.reason === undefined ? {} : { reason: event.reason }) })
      break
    case 'recalled':
      recall(deciding, event)
      break
    case 'deadline':
      decide(control, { type: 'limit', error: runDeadline(view.run.runId, event.deadlineMs) })
      break
  }
}

function tell({ draft, view }: Deciding, fact: RunFact, values?: Readonly<Record<string, string>>): void {
  draft.journal.push(toEntry(view.definition.engine.serializer, fact, values))
}

function begin({ view, control }: Deciding): void {
  if (control.run.phase !== 'created') return
  // Nothing was decided before: no visit and no loop has a cell.
  for (const name of cellsOfStart(view.graph)) view.cells.assumeAbsent(name)
  decide(control, { type: 'begin' })
}

function settle(
  deciding: Deciding,
  event: InboxEvent & { readonly type: 'outcome' },
  given: StoredOutcome,
  random: number,
): void {
  const { view, named, draft, control } = deciding
  const { serializer } = view.definition.engine
  const visit = visitOf(named, event.visit, event.attempt)
  draft.drop(visitKey(event.visit))
  const isUnderWay = isLive(statusIn(control, visit))
  if (given.status === 'completed' && isUnderWay && hasConflict(view, given.reads)) {
    drop(deciding, event, visit)
    return
  }
  const writes = given.status === 'completed' && isUnderWay ? (given.writes ?? []) : []
  const merged = mergeWrites(view, writes, event.visit.nodeId)
  const stored: StoredOutcome = isHeddleError(merged)
    ? { status: 'failed', errorText: serializeError(serializer, merged) }
    : given
  if (isUnderWay && event.hasTwins === true) noteUnknown(control, visit)
  const outcome = unpackOutcome(serializer, stored)
  if (stored.status === 'suspended') deciding.suspended = stored.on
  if (!decide(control, { type: 'settled', visit, outcome, random })) return
  const hasCompleted = visit instanceof CompensationVisit || statusOf(visit) === visitCode.completed
  if (!isHeddleError(merged) && hasCompleted) writeMerged(view, merged)
  const isRetried = visit.attempt !== event.attempt
  if (stored.status === 'failed' && !isRetried) keepError(deciding, visit, event.visit, stored.errorText)
  if (event.calls === true && stored.status !== 'suspended') endCalls(deciding, event.visit, isRetried)
}

/** Another visit committed a shared value that an attempt updated: the attempt never happened, and is made again. */
function drop(
  { control, draft, named }: Deciding,
  { resumption }: InboxEvent & { readonly type: 'outcome' },
  visit: Visit,
): void {
  if (control.run.phase === 'compensating') {
    // What does not undo anything is not made again.
    decide(control, { type: 'dropped', visit })
    return
  }
  noteUnknown(control, visit)
  draft.dispatch(dispatchOf(named.graph, visit, 0, resumption))
}

/** Keeps the error of a final failure: for the fallback or the error edges, or for the map whose first failed item it is. */
function keepError({ draft }: Deciding, visit: Visit, name: VisitName, errorText: string): void {
  if (visit instanceof CompensationVisit) return
  if (visit.item === -1) draft.values[errorValue(name)] = errorText
  else if (visit.frame.items(visit.itemsKey)?.failed === 1) draft.values[itemErrorValue(name)] = errorText
}

function settleLost(deciding: Deciding, { visit: name, attempt, lost }: InboxEvent & { readonly type: 'lost' }): void {
  const { draft, named, control, view } = deciding
  const visit = visitOf(named, name, attempt)
  const key = visitKey(name)
  draft.drop(key)
  const error = new HeddleError(
    'ATTEMPT_LOST',
    `${lost} attempts of visit "${key}" were lost: their workers died or lost their lease`,
    { details: { runId: view.run.runId, visit: key, lost } },
  )
  const outcome: FailedOutcome & Outcome = { status: 'failed', error }
  if (!decide(control, { type: 'settled', visit, outcome, random: 0 })) return
  const isRetried = visit.attempt !== attempt
  if (!isRetried) keepError(deciding, visit, name, view.definition.engine.serializer.serialize(error))
  endCalls(deciding, name, isRetried)
}

function recall({ named, control }: Deciding, event: InboxEvent & { readonly type: 'recalled' }): void {
  const visitsOf = (names: readonly VisitName[]): Visit[] => names.map((name) => visitOf(named, name, 1))
  const { unstarted, lost, cutOff } = event
  decide(control, {
    type: 'recalled',
    unstarted: visitsOf(unstarted),
    lost: visitsOf(lost),
    cutOff: visitsOf(cutOff),
  })
}

function resume(deciding: Deciding, event: InboxEvent & { readonly type: 'resumed' }): void {
  const { named, control } = deciding
  const visit = visitOf(named, event.visit, event.attempt)
  if (event.source.call !== undefined) {
    resumeCall(deciding, visit, event, event.source.call)
    return
  }
  if (statusIn(control, visit) !== visitCode.waiting) return
  tellSource(deciding, event)
  // The value stays where it is stored; the attempt that goes on gets it with its claim.
  const given = { type: event.resumption.type } as Resumption
  deciding.resumed = { given, stored: event.resumption }
  decide(control, { type: 'resumed', visit, resumption: given })
}

/** What a durable call came to is recorded; if the visit waits for it, it goes on. */
function resumeCall(
  deciding: Deciding,
  visit: Visit,
  event: InboxEvent & { readonly type: 'resumed' },
  call: string,
): void {
  const resumption = settleCall(deciding, event, call)
  if (resumption === undefined) return
  tellSource(deciding, { ...event, resumption })
  if (statusIn(deciding.control, visit) !== visitCode.waiting) return
  decide(deciding.control, { type: 'resumed', visit, resumption: { type: 'calls-settled' } })
}

function tellSource(
  deciding: Deciding,
  { visit: place, source, resumption }: InboxEvent & { readonly type: 'resumed' },
): void {
  const visit = source.call === undefined ? place : { ...place, call: source.call }
  if (source.type === 'timer' && resumption.type !== 'fired') tellTimeout(deciding, visit, resumption)
  else if (source.type === 'timer') tell(deciding, { type: 'timer.fired', ...visit, name: source.name })
  else if (source.type === 'child') {
    const { childRunId, status } = source
    const field = status === 'completed' ? 'output' : 'error'
    const values = resumption.value === undefined ? undefined : { [field]: resumption.value }
    tell(deciding, { type: 'child.settled', ...visit, childRunId, status }, values)
  } else if (resumption.type === 'timed-out') {
    tell(deciding, { type: 'wait.expired', ...visit, waitId: source.waitId, name: source.name })
  } else {
    const { waitId, name } = source
    const { action, value, unchecked } = resumption
    const fact = {
      type: 'wait.answered',
      ...visit,
      waitId,
      name,
      payload: undefined,
      ...(action === undefined ? {} : { action }),
      ...(unchecked === undefined ? {} : { unchecked }),
    } as const
    tell(deciding, fact, value === undefined ? undefined : { payload: value })
  }
}

/** The child run of an `invoke` took too long. */
function tellTimeout(deciding: Deciding, visit: VisitName, { value = '' }: StoredResumption): void {
  const childRunId = value.slice(2, value.indexOf('/'))
  tell(deciding, { type: 'child.settled', ...visit, childRunId, status: 'cancelled' }, { error: value })
}
