import { systemClock } from '../defaults/system-clock.ts'
import type { Cell, SharedCell } from '../model/cell.ts'
import type { JournalEntry, StoredEvent } from '../model/stored-event.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { DueRuns } from '../ports/due-index.ts'
import type {
  AttemptRef,
  ChildRecord,
  ClaimReply,
  ClaimRequest,
  DispatchRecord,
  ReleaseReply,
  RunHead,
  RunPlace,
  RunRecord,
  RunRef,
  StartReply,
  StartRequest,
  WaitRecord,
} from '../ports/run-records.ts'
import type {
  CommitReply,
  Delivery,
  DeliverReply,
  FetchReply,
  FetchRequest,
  Settlement,
  SettleReply,
  TurnChanges,
  TurnRef,
  TurnRequest,
} from '../ports/turn-store.ts'
import type { PermitChange, PermitReply, PermitRequest, PermitState } from '../ports/permits.ts'
import type { AnswerReply, CancelReply, TendOptions, TendReply, WaitAnswer } from '../ports/waits-and-timers.ts'
import { begin, meet } from './begin-run.ts'
import { claim, describeRun, recordStep, renew } from './claim-operations.ts'
import { release } from './dispatch-again.ts'
import { DueTimes } from './due-times.ts'
import { KeyValues } from './key-values.ts'
import { listRuns } from './list-runs.ts'
import { MemoryRun } from './memory-run.ts'
import { settle } from './settle.ts'
import { PermitBooks, splitDue } from './permit-books.ts'
import { commit, deliver, failTurn, fetch } from './turn-operations.ts'
import { answerWait, cancelRun, tend } from './wait-operations.ts'

/** Options of a {@link memoryCoordinationStore}. */
export interface MemoryCoordinationStoreOptions {
  /** The clock by which leases, turns and timers end. @default systemClock */
  readonly clock?: IClock
}

/**
 * A coordination store in this process: the reference for every other one. Nothing outlives the process. Each operation is done in one
 * go before its promise resolves, so it is atomic.
 */
export function memoryCoordinationStore(options: MemoryCoordinationStoreOptions = {}): ICoordinationStore {
  return new MemoryCoordinationStore(options.clock ?? systemClock)
}

class MemoryCoordinationStore extends KeyValues implements ICoordinationStore {
  private readonly time: IClock
  private readonly runs: Map<string, MemoryRun> = new Map()
  private readonly tombstones: Set<string> = new Set()
  private readonly index: DueTimes = new DueTimes()
  private readonly permits: PermitBooks = new PermitBooks(this.index)

  constructor(clock: IClock) {
    super(clock)
    this.time = clock
  }

  /** The run, if it is this incarnation of it. */
  private locate({ runId, incarnation }: RunRef): MemoryRun | undefined {
    const run = this.runs.get(runId)
    return run?.start.incarnation === incarnation ? run : undefined
  }

  /** Changes a run, and sets its place in the due index. */
  private change<T>(run: MemoryRun, operation: (now: number) => T): T {
    const reply = operation(this.time.now())
    const next = run.due.next()
    if (next === undefined) this.index.delete(run.start.runId)
    else this.index.set(run.start.runId, next)
    return reply
  }

  async start(request: StartRequest): Promise<StartReply> {
    const { runId } = request
    const known = this.runs.get(runId)
    if (known !== undefined) return meet(known, request)
    if (this.tombstones.has(runId)) return { status: 'cancelled' }
    const run = new MemoryRun(request, this.time.now())
    this.runs.set(runId, run)
    return this.change(run, (now) => begin(run, request, now))
  }

  async claim(request: ClaimRequest): Promise<ClaimReply> {
    const run = this.locate(request)
    return run === undefined ? { status: 'unknown-run' } : this.change(run, (now) => claim(run, request, now))
  }

  async renew(attempt: AttemptRef, leaseMs: number): Promise<'renewed' | 'abort'> {
    const run = this.locate(attempt)
    return run === undefined ? 'abort' : this.change(run, (now) => renew(run, attempt, leaseMs, now))
  }

  async release(attempt: AttemptRef): Promise<ReleaseReply> {
    const run = this.locate(attempt)
    return run === undefined ? { status: 'stale' } : this.change(run, (now) => release(run, attempt, now))
  }

  async recordStep(
    attempt: AttemptRef,
    name: string,
    text: string,
    entry?: JournalEntry,
  ): Promise<'recorded' | 'existing' | 'stale'> {
    const run = this.locate(attempt)
    return run === undefined ? 'stale' : recordStep(run, attempt, { name, text, entry }, this.time.now())
  }

  async clearMessage(ref: RunRef, messageId: string): Promise<void> {
    const run = this.locate(ref)
    if (run === undefined) return
    this.change(run, () => {
      run.messages.delete(messageId)
      run.due.delete(`m:${messageId}`)
    })
  }

  async deliver(ref: RunRef, delivery: Delivery | undefined, turn: TurnRequest | undefined): Promise<DeliverReply> {
    const run = this.locate(ref)
    return run === undefined ? { status: 'unknown-run' } : this.change(run, (now) => deliver(run, delivery, turn, now))
  }

  async settle(ref: RunRef, settlement: Settlement, turn: TurnRequest): Promise<SettleReply> {
    const run = this.locate(ref)
    return run === undefined ? { status: 'unknown-run' } : this.change(run, (now) => settle(run, settlement, turn, now))
  }

  async fetch(turn: TurnRef, request: FetchRequest): Promise<FetchReply> {
    const run = this.locate(turn)
    return run === undefined ? { status: 'refused' } : fetch(run, turn, request)
  }

  async commit(turn: TurnRef, changes: TurnChanges, goOn: boolean): Promise<CommitReply> {
    const run = this.locate(turn)
    return run === undefined ? { status: 'refused' } : this.change(run, (now) => commit(run, turn, changes, goOn, now))
  }

  async failTurn(turn: TurnRef, reason: string): Promise<void> {
    const run = this.locate(turn)
    if (run !== undefined) this.change(run, (now) => failTurn(run, turn, reason, now))
  }

  async answerWait(runId: string, answer: WaitAnswer): Promise<AnswerReply> {
    const run = this.runs.get(runId)
    return run === undefined ? { status: 'unknown-run' } : this.change(run, (now) => answerWait(run, answer, now))
  }

  async cancel(runId: string, reason: string | undefined, leaveTombstone: boolean): Promise<CancelReply> {
    const run = this.runs.get(runId)
    if (run !== undefined) return this.change(run, (now) => cancelRun(run, reason, now))
    if (leaveTombstone) this.tombstones.add(runId)
    return { status: leaveTombstone ? 'tombstone' : 'unknown-run' }
  }

  async tend(runId: string, options: TendOptions): Promise<TendReply | undefined> {
    const run = this.runs.get(runId)
    return run === undefined ? undefined : this.change(run, (now) => tend(run, options, now))
  }

  async takeDue(limit: number, holdMs: number): Promise<DueRuns> {
    const now = this.time.now()
    const taken = this.index.take(now, limit)
    for (const id of taken) this.index.set(id, now + holdMs)
    const next = this.index.next()
    const { runIds, permitKeys } = splitDue(taken)
    return { runIds, permitKeys, ...(next === undefined ? {} : { nextInMs: Math.max(0, next - now) }) }
  }

  async takePermit(request: PermitRequest): Promise<PermitReply> {
    return this.permits.change(request.key, (book) => book.take(request, this.time.now()))
  }

  async renewPermit(request: PermitRequest): Promise<'renewed' | 'lost'> {
    return this.permits.of(request.key).renew(request, this.time.now())
  }

  async returnPermit(permit: Pick<PermitRequest, 'key' | 'id' | 'token'>, isUnused: boolean): Promise<PermitChange> {
    return this.permits.change(permit.key, (book) => book.giveBack(permit, isUnused, this.time.now()))
  }

  async tendPermits(key: string): Promise<PermitChange> {
    return this.permits.change(key, (book) => book.tend(this.time.now()))
  }

  async readPermits(key: string, id: string): Promise<PermitState | undefined> {
    return this.permits.find(key)?.describe(id, this.time.now())
  }

  async readRun(runId: string): Promise<RunHead | undefined> {
    const run = this.runs.get(runId)
    return run === undefined ? undefined : describeRun(run)
  }

  async readCells(ref: RunRef, names: readonly string[] | 'all'): Promise<Readonly<Record<string, Cell>>> {
    const run = this.locate(ref)
    const cells = run?.readCells(names === 'all' ? run.allCellNames() : names) ?? {}
    return Object.fromEntries(Object.entries(cells).filter((entry): entry is [string, Cell] => entry[1] !== null))
  }

  async readShared(ref: RunRef): Promise<Readonly<Record<string, SharedCell>>> {
    return this.locate(ref)?.sharedCells() ?? {}
  }

  async readValues(ref: RunRef, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return this.locate(ref)?.readValues(names) ?? {}
  }

  async readJournal(ref: RunRef, afterSeq: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.locate(ref)?.journal.slice(afterSeq, afterSeq + limit) ?? []
  }

  async readWaits(ref: RunRef): Promise<readonly WaitRecord[]> {
    const waits = [...(this.locate(ref)?.waits.values() ?? [])]
    return waits.map(({ wait: { waitId, name }, status }) => ({ waitId, name, status }))
  }

  async readChildren(ref: RunRef): Promise<readonly ChildRecord[]> {
    const children = [...(this.locate(ref)?.children ?? [])]
    return children.map(([childRunId, { visit, call }]) => ({
      childRunId,
      visit,
      ...(call === undefined ? {} : { call }),
    }))
  }

  async readDispatches(ref: RunRef): Promise<readonly DispatchRecord[]> {
    const dispatches = [...(this.locate(ref)?.dispatches.values() ?? [])]
    return dispatches.map(({ visit, dispatch, attempt, notBefore, token }) => ({
      visit,
      dispatch,
      attempt,
      notBefore,
      isClaimed: token !== undefined,
    }))
  }

  async listRuns(limit: number, after?: RunPlace): Promise<readonly RunRecord[]> {
    return listRuns(this.runs.values(), limit, after)
  }

  async remove(ref: RunRef): Promise<void> {
    if (this.locate(ref) === undefined) return
    this.runs.delete(ref.runId)
    this.index.delete(ref.runId)
  }
}
