import {
  childPlace,
  foldJournal,
  inPresentNames,
  readEvent,
  type ErrorData,
  type FoldedRun,
  type RunEvent,
  type StoredEvent,
  type VisitName,
  type WorkflowBlueprint,
} from '@heddle/core'
import { serializer } from './read-journal.ts'

/** Where a run of a store stands: `running` means that a process is at it, or was interrupted. */
export type StoredStatus = 'running' | 'awaiting' | 'completed' | 'failed' | 'cancelled'

/** A child run. */
export interface StoredChild {
  readonly runId: string
  /** What of its parent it belongs to: a visit, or a durable call. */
  readonly place: string
  /** Whether its parent waits for it. */
  readonly isLive: boolean
}

/** Where a run stood after one event of its journal. */
export interface RunStanding {
  readonly runId: string
  readonly workflowId: string
  readonly definitionHash: string
  readonly parentRunId: string | undefined
  readonly status: StoredStatus
  /** The last event. */
  readonly seq: number
  /** Epoch milliseconds; of the last event, and of the beginning: of a fork, when it was forked. */
  readonly at: number
  readonly startedAt: number
  /** The first event that is left: more than 1 after a compaction. */
  readonly firstSeq: number
  readonly folded: FoldedRun
  /** Outputs by node, as text of the serializer or as they are: of the visit with the highest iteration. */
  readonly outputs: ReadonlyMap<string, StoredEvent>
  /** Errors of visits that failed unhandled, then the one that ended the run. */
  readonly errors: readonly ErrorData[]
  /** How the waits ended that are over, by id. */
  readonly endedWaits: ReadonlyMap<string, 'answered' | 'expired'>
  readonly children: readonly StoredChild[]
}

const foldedKinds: ReadonlySet<string> = new Set(['run', 'node', 'wait', 'child', 'context'])

function isFolded(type: string): boolean {
  return foldedKinds.has(type.slice(0, type.indexOf('.')))
}

/** Values that the fold needs; all others stay text until somebody looks at them. */
const foldedFields: ReadonlySet<string> = new Set(['error', 'value', 'context', 'input'])

type MigrationEvent = Extract<RunEvent, { readonly type: 'run.migrated' }>

/**
 * Follows a journal from its entries, under the names that its nodes have at the end. One that was migrated is read twice: only then the
 * names are known.
 *
 * @param read hands entries to the fold
 */
export async function foldStanding(
  runId: string,
  policy: WorkflowBlueprint['policy'],
  read: (fold: StandingFold) => Promise<void>,
): Promise<StandingFold> {
  const fold = new StandingFold(runId, policy)
  await read(fold)
  if (fold.migrations.length === 0) return fold
  const again = new StandingFold(runId, policy, fold.migrations)
  await read(again)
  return again
}

/** Follows a journal from its entries. */
export class StandingFold {
  private first: RunEvent | undefined
  private firstSeq = 1
  /** When the run was forked from another one, if it was: what stands before happened there. */
  private forkedAt: number | undefined
  private last: StoredEvent | undefined
  private readonly outputs: Map<string, { readonly entry: StoredEvent; readonly visit: VisitName }> = new Map()
  private readonly errors: ErrorData[] = []
  private readonly endedWaits: Map<string, 'answered' | 'expired'> = new Map()
  private readonly children: Map<string, StoredChild> = new Map()
  private pending: RunEvent[] = []
  private folded: FoldedRun | undefined
  private readonly runId: string
  private readonly blueprint: WorkflowBlueprint

  /** The migrations so far, in order. */
  readonly migrations: MigrationEvent[] = []
  private readonly renamings: readonly MigrationEvent[]

  /**
   * @param policy of the run's blueprint, if it is known; without it, shared values are those that were written last
   * @param renamings the migrations up to the place that is looked at: nodes are told of by the names that they have there
   */
  constructor(runId: string, policy: WorkflowBlueprint['policy'], renamings: readonly MigrationEvent[] = []) {
    this.runId = runId
    this.renamings = renamings
    // Statuses and values are all in the journal; of the blueprint only the reducers of shared values are needed.
    this.blueprint = { id: runId, nodes: [], edges: [], ...(policy === undefined ? {} : { policy }) }
  }

  add(entry: StoredEvent): void {
    if (this.last === undefined) this.firstSeq = entry.seq
    this.last = entry
    // Marks and timers tell nothing of where visits stand, and are half of a journal.
    if (!isFolded(entry.fact.type)) return
    const event = this.renamed(withoutValues(this.runId, entry))
    this.first ??= event
    if (event.type === 'run.migrated') this.migrations.push(event)
    this.note(event, entry)
    this.pending.push(event)
    // A fold is copied each time it goes on: rarely enough that copying costs no more than folding.
    if (this.pending.length >= Math.max(8192, this.folded?.visits.size ?? 0)) this.fold()
  }

  /** An event by the names that its nodes have at the place that is looked at. */
  renamed(event: RunEvent): RunEvent {
    const later = this.renamings.filter(({ seq }) => seq > event.seq)
    return later.length === 0 ? event : (inPresentNames([event, ...later])[0] ?? event)
  }

  private fold(): FoldedRun {
    this.folded = foldJournal(this.blueprint, this.pending, undefined, { from: this.folded, isPart: true })
    this.pending = []
    return this.folded
  }

  standing(): RunStanding {
    const folded = this.fold()
    const { first, last } = this
    const began = first?.type === 'run.started' ? first : undefined
    const hasEnded = folded.status !== 'stalled' && folded.status !== 'awaiting'
    return {
      runId: this.runId,
      workflowId: began?.workflowId ?? '',
      definitionHash: this.migrations.at(-1)?.to ?? began?.definitionHash ?? '',
      parentRunId: began?.parentRunId,
      status: folded.status === 'stalled' ? 'running' : folded.status,
      seq: last?.seq ?? 0,
      at: last?.at ?? 0,
      startedAt: this.forkedAt ?? first?.at ?? 0,
      firstSeq: this.firstSeq,
      folded,
      outputs: new Map([...this.outputs].map(([id, { entry }]) => [id, entry])),
      errors: this.errors,
      endedWaits: this.endedWaits,
      children: [...this.children.values()].map((child) => ({ ...child, isLive: child.isLive && !hasEnded })),
    }
  }

  private note(event: RunEvent, entry: StoredEvent): void {
    switch (event.type) {
      case 'node.completed':
        if (event.item === undefined) this.keepOutput(event, entry)
        break
      case 'node.failed':
        if (event.item === undefined && event.handledBy === undefined) this.errors.push(event.error)
        break
      case 'run.failed':
        if (!this.errors.some(({ message }) => message === event.error.message)) this.errors.push(event.error)
        break
      case 'wait.answered':
      case 'wait.expired':
        this.endedWaits.set(event.waitId, event.type === 'wait.answered' ? 'answered' : 'expired')
        break
      case 'child.started':
      case 'child.settled':
        this.children.set(event.childRunId, {
          runId: event.childRunId,
          place: childPlace(event, event.call),
          isLive: event.type === 'child.started',
        })
        break
      case 'run.forked':
        this.forkedAt = event.at
        // A fork begins child runs of its own; those that had ended by then are its history.
        for (const [id, { isLive }] of this.children) if (isLive) this.children.delete(id)
        break
      default:
    }
  }

  private keepOutput(visit: VisitName, entry: StoredEvent): void {
    for (const id of [visit.nodeId, visit.insteadOf]) {
      if (id === undefined) continue
      const known = this.outputs.get(id)
      if (known === undefined || !isBefore(visit, known.visit)) this.outputs.set(id, { entry, visit })
    }
  }
}

/** Whether a visit has a lower iteration than another one of the same node. */
function isBefore({ iteration }: VisitName, other: VisitName): boolean {
  for (const [depth, count] of iteration.entries()) {
    const difference = count - (other.iteration[depth] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function withoutValues(runId: string, entry: StoredEvent): RunEvent {
  const { texts } = entry
  if (texts === undefined) return readEvent(serializer, runId, entry)
  const needed = Object.entries(texts).filter(([field]) => foldedFields.has(field))
  return readEvent(serializer, runId, { ...entry, texts: Object.fromEntries(needed) })
}

/** The value that an entry of a visit brought. */
export function outputOf(runId: string, entry: StoredEvent): unknown {
  const event = readEvent(serializer, runId, entry)
  return event.type === 'node.completed' ? event.output : undefined
}

/** Statuses of a run's visits, counted; items of maps apart. */
export function countVisits({ folded }: RunStanding): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [key, status] of folded.visits) if (!key.includes('[')) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
