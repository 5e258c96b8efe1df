import { visitCode } from '../kernel/status-codes.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { EdgeMark } from '../model/mark.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunStatus } from '../model/run-status.ts'
import { visitKey, type VisitName, type VisitStatus } from '../model/visit.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import { checkJournal } from './check-journal.ts'
import { JournalTable } from './journal-table.ts'
import { SharedValues } from './shared-values.ts'

/** Where a run stood at one place of its journal. */
export interface FoldedRun {
  readonly runId: string
  /** `stalled` while the run had neither ended nor come to rest. */
  readonly status: RunStatus
  readonly input: unknown
  /** The last event that was folded; 0 for none. */
  readonly seq: number
  /** Status by visit key. */
  readonly visits: ReadonlyMap<string, VisitStatus>
  /** Mark by `edgeKey@iteration` of the target's visit. */
  readonly marks: ReadonlyMap<string, EdgeMark>
  readonly shared: SharedValues
  readonly waits: ReadonlyMap<string, OpenWait>
  /** Whether the run has failed, and is or was compensated. */
  readonly isCompensating: boolean
  /** Outputs, errors and statuses by node. @internal */
  readonly table: JournalTable
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Fold extends Mutable<Omit<FoldedRun, 'visits' | 'marks' | 'waits'>> {
  readonly visits: Map<string, VisitStatus>
  readonly marks: Map<string, EdgeMark>
  readonly waits: Map<string, OpenWait>
}

/** A fold of no events. */
function emptyFold(blueprint: WorkflowBlueprint): Fold {
  return {
    runId: '',
    status: 'stalled',
    input: undefined,
    seq: 0,
    visits: new Map(),
    marks: new Map(),
    shared: new SharedValues(blueprint.policy?.context),
    waits: new Map(),
    isCompensating: false,
    table: new JournalTable(blueprint),
  }
}

function copyFold(blueprint: WorkflowBlueprint, fold: FoldedRun): Fold {
  const shared = new SharedValues(blueprint.policy?.context)
  shared.restore(fold.shared.snapshot())
  return {
    ...fold,
    visits: new Map(fold.visits),
    marks: new Map(fold.marks),
    waits: new Map(fold.waits),
    shared,
    table: fold.table.copy(),
  }
}

/** What is folded. */
export interface FoldOptions {
  /** Where the run stood before the first event; it stays as it is. */
  readonly from?: FoldedRun | undefined
  /**
   * Whether the events may be any of a journal, and the blueprint another one: they are not checked then, and what they do not tell is
   * missing in the answer.
   * @default false
   */
  readonly isPart?: boolean
  /** Hash of the definition with its subflows. @default that of the blueprint; one with subflows is then known by its id alone */
  readonly definitionHash?: string
}

/**
 * Folds a journal into where its run stood. Reads facts only: no handler runs, nothing is decided anew.
 *
 * @param journal all events of the run, in order
 * @param until the last `seq` to fold; without it all events
 * @throws HeddleError `JOURNAL_CORRUPT` if events are missing or out of order, `INVALID_OPTION` if the first ones were dropped by a
 *   compaction, `DEFINITION_MISMATCH` if the run never had this definition
 */
export function foldJournal(
  blueprint: WorkflowBlueprint,
  journal: Iterable<RunEvent>,
  until?: number,
  { from, isPart = false, definitionHash }: FoldOptions = {},
): FoldedRun {
  if (isPart) return foldEvents(blueprint, journal, until, from)
  const events = [...journal]
  checkJournal(blueprint, events, definitionHash)
  return foldEvents(blueprint, events, until, from)
}

function foldEvents(
  blueprint: WorkflowBlueprint,
  journal: Iterable<RunEvent>,
  until: number | undefined,
  from: FoldedRun | undefined,
): FoldedRun {
  const fold = from === undefined ? emptyFold(blueprint) : copyFold(blueprint, from)
  for (const event of journal) {
    if (until !== undefined && event.seq > until) break
    fold.runId = event.runId
    fold.seq = event.seq
    foldEvent(blueprint, fold, event)
  }
  return fold
}

function foldEvent(blueprint: WorkflowBlueprint, fold: Fold, event: RunEvent): void {
  if (event.type.startsWith('node.')) foldVisit(fold, event)
  else if (event.type.startsWith('run.')) foldRun(blueprint, fold, event)
  else if (event.type.startsWith('compensation.')) foldCompensation(fold, event)
  else foldRest(fold, event)
}

function foldRun(blueprint: WorkflowBlueprint, fold: Fold, event: RunEvent): void {
  if (event.type === 'run.started') {
    fold.input = event.input
    fold.shared = new SharedValues(blueprint.policy?.context, event.context)
  } else if (event.type === 'run.awaiting') fold.status = 'awaiting'
  else if (event.type === 'run.completed') {
    fold.status = 'completed'
    fold.table.recorded = { output: event.output }
  } else if (event.type === 'run.cancelled') fold.status = 'cancelled'
  else if (event.type === 'run.compensating') {
    fold.isCompensating = true
    fold.table.failRun(event.error)
  } else if (event.type === 'run.failed') {
    fold.status = 'failed'
    if (!fold.isCompensating) fold.table.failRun(event.error)
  }
  fold.table.hasEnded = fold.status === 'completed' || fold.status === 'failed' || fold.status === 'cancelled'
}

/** What undoes a visit is a visit of its own. */
function foldCompensation(fold: Fold, event: RunEvent): void {
  switch (event.type) {
    case 'compensation.started':
      setStatus(fold, { ...event, compensates: true }, 'running')
      break
    case 'compensation.retrying':
      setStatus(fold, { ...event, compensates: true }, 'ready')
      break
    case 'compensation.completed':
      setStatus(fold, { ...event, compensates: true }, 'completed')
      break
    case 'compensation.failed':
      setStatus(fold, { ...event, compensates: true }, 'failed')
      fold.table.fail(event.error)
      break
    default:
  }
}

function foldVisit(fold: Fold, event: RunEvent): void {
  const { table } = fold
  if (fold.status === 'awaiting') fold.status = 'stalled'
  switch (event.type) {
    case 'node.ready':
    case 'node.retrying':
      setStatus(fold, event, 'ready')
      break
    case 'node.started':
      setStatus(fold, event, 'running')
      break
    case 'node.suspended':
      setStatus(fold, event, 'waiting')
      break
    case 'node.completed':
      setStatus(fold, event, 'completed')
      if (event.item === undefined) table.complete(event, event.output)
      break
    case 'node.failed':
      setStatus(fold, event, 'failed')
      if (event.item !== undefined) break
      table.note(event.nodeId, visitCode.failed)
      if (event.handledBy === undefined) table.fail(event.error)
      break
    case 'node.skipped':
      setStatus(fold, event, 'skipped')
      table.note(event.nodeId, visitCode.skipped)
      break
    case 'node.cancelled':
      setStatus(fold, event, 'cancelled')
      if (event.item === undefined) table.note(event.nodeId, visitCode.cancelled)
      break
    default:
  }
}

function setStatus(fold: Fold, visit: VisitName, status: VisitStatus): void {
  fold.visits.set(visitKey(visit), status)
}

function foldRest({ marks, shared, waits, table }: Fold, event: RunEvent): void {
  switch (event.type) {
    case 'edge.taken':
    case 'edge.skipped':
    case 'edge.failed':
      marks.set(`${event.edge}@${event.iteration.join('.')}`, event.type.slice('edge.'.length) as EdgeMark)
      break
    case 'context.changed': {
      const { key, value, replace } = event
      shared.commit([{ key, value, ...(replace === undefined ? {} : { replace }) }])
      break
    }
    case 'wait.opened': {
      const { waitId, name, nodeId, iteration, deadline } = event
      waits.set(waitId, { waitId, name, nodeId, iteration, ...(deadline === undefined ? {} : { deadline }) })
      break
    }
    case 'wait.answered':
    case 'wait.expired':
    case 'wait.cancelled':
      waits.delete(event.waitId)
      break
    case 'graph.expanded':
      table.expand(event, event.expansion)
      break
    default:
  }
}
