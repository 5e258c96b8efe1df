import type { Cell, SharedCell } from '../model/cell.ts'
import type { JournalEntry, StoredEvent } from '../model/stored-event.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { DueRuns } from '../ports/due-index.ts'
import type { PermitChange, PermitReply, PermitRequest, PermitState } from '../ports/permits.ts'
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
import type { AnswerReply, CancelReply, TendOptions, TendReply, WaitAnswer } from '../ports/waits-and-timers.ts'
import { AsideTexts } from './aside-texts.ts'
import { FindingAside, PuttingAside } from './aside-values.ts'
import { removeBlobs } from './stored-blobs.ts'

/** Options of {@link blobCoordinationStore}. */
export interface BlobCoordinationStoreOptions {
  /** Keeps the records of runs, without the large values. */
  readonly store: ICoordinationStore
  /** Keeps the large values: the same one for every worker and every client. */
  readonly blobs: IBlobStore
  /** How large a value may be that stays in the records, in bytes of UTF-8. @default 65_536 (64 KiB) */
  readonly maxInlineBytes?: number
}

/**
 * A coordination store that puts large values into a blob store: inputs, outputs, items, answers, and those of the journal. The records
 * hold only where they lie, and whoever reads them through this store finds the values in their places. `createWorker` and `FlowRuntime`
 * make one by themselves if they are given `blobs`; it is for what works with a store directly, an `EventDrivenOrchestrator` for instance.
 * Shared values, recorded steps and errors stay in the records: nothing could tell of their blobs when the run is removed.
 *
 * A blob is stored before the operation that refers to it. Where the operation is refused, sent again, or never carried out, a blob is left
 * behind that nothing refers to. `remove` removes the blobs that the records of a run still refer to.
 *
 * @throws HeddleError `INVALID_OPTION`
 * @example
 * ```ts
 * const store = blobCoordinationStore({ store: records, blobs })
 * const orchestrator = new EventDrivenOrchestrator({ store, definitions: defineRuns({ workflows: [review] }) })
 * ```
 */
export function blobCoordinationStore(options: BlobCoordinationStoreOptions): ICoordinationStore {
  const { store, blobs, maxInlineBytes } = options
  return new BlobCoordinationStore(store, new AsideTexts(blobs, maxInlineBytes))
}

/**
 * Each operation is written out, also where it only calls the same one of the store: a new operation of the port does not compile until
 * somebody has said which of its values are put aside.
 */
class BlobCoordinationStore implements ICoordinationStore {
  private readonly store: ICoordinationStore
  private readonly texts: AsideTexts

  constructor(store: ICoordinationStore, texts: AsideTexts) {
    this.store = store
    this.texts = texts
  }

  private putting({ runId }: Pick<RunRef, 'runId'>): PuttingAside {
    return new PuttingAside(this.texts, runId)
  }

  private finding({ runId }: Pick<RunRef, 'runId'>): FindingAside {
    return new FindingAside(this.texts, runId)
  }

  async start(request: StartRequest): Promise<StartReply> {
    const putting = this.putting(request)
    const journal = request.journal.map((entry) => putting.entry(entry))
    const { beginning } = request
    const begun = beginning && { ...beginning, journal: beginning.journal.map((entry) => putting.entry(entry)) }
    const kept = { ...request, input: putting.input(request.input), journal, ...(begun && { beginning: begun }) }
    await putting.stored()
    return this.store.start(kept)
  }

  async claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.foundClaim(request, await this.store.claim(request))
  }

  private async foundClaim(run: RunRef, reply: ClaimReply): Promise<ClaimReply> {
    if (reply.status !== 'claimed') return reply
    const finding = this.finding(run)
    return {
      ...reply,
      input: await finding.text(reply.input, 'input'),
      values: await finding.values(reply.values),
    }
  }

  renew(attempt: AttemptRef, leaseMs: number): Promise<'renewed' | 'abort'> {
    return this.store.renew(attempt, leaseMs)
  }

  release(attempt: AttemptRef): Promise<ReleaseReply> {
    return this.store.release(attempt)
  }

  async recordStep(
    attempt: AttemptRef,
    name: string,
    text: string,
    entry?: JournalEntry,
  ): Promise<'recorded' | 'existing' | 'stale'> {
    if (entry === undefined) return this.store.recordStep(attempt, name, text)
    const putting = this.putting(attempt)
    const kept = putting.entry(entry)
    await putting.stored()
    return this.store.recordStep(attempt, name, text, kept)
  }

  clearMessage(run: RunRef, messageId: string): Promise<void> {
    return this.store.clearMessage(run, messageId)
  }

  async deliver(run: RunRef, delivery: Delivery | undefined, turn: TurnRequest | undefined): Promise<DeliverReply> {
    if (delivery?.values === undefined) return this.store.deliver(run, delivery, turn)
    const putting = this.putting(run)
    const values = putting.values(delivery.values)
    await putting.stored()
    return this.store.deliver(run, { ...delivery, values }, turn)
  }

  async fetch(turn: TurnRef, request: FetchRequest): Promise<FetchReply> {
    const reply = await this.store.fetch(turn, request)
    if (reply.status !== 'fetched') return reply
    return { ...reply, values: await this.finding(turn).values(reply.values) }
  }

  async settle(run: RunRef, settlement: Settlement, turn: TurnRequest): Promise<SettleReply> {
    const putting = this.putting(run)
    const deliveries = settlement.deliveries.map((delivery) => {
      return delivery.values === undefined ? delivery : { ...delivery, values: putting.values(delivery.values) }
    })
    const changes = keptChanges(putting, settlement.changes)
    await putting.stored()
    const reply = await this.store.settle(run, { ...settlement, deliveries, changes }, turn)
    if (reply.status !== 'committed' || reply.claimed.length === 0) return reply
    // What was written must be carried out, though a value of a claim cannot be read: its lease ends, and who claims it next is told.
    const claimed = reply.claimed.map((claim) =>
      this.foundClaim(run, claim).catch(() => ({ status: 'stale' }) as const),
    )
    return { ...reply, claimed: await Promise.all(claimed) }
  }

  async commit(turn: TurnRef, changes: TurnChanges, goOn: boolean): Promise<CommitReply> {
    const putting = this.putting(turn)
    const kept = keptChanges(putting, changes)
    await putting.stored()
    return this.store.commit(turn, kept, goOn)
  }

  failTurn(turn: TurnRef, reason: string): Promise<void> {
    return this.store.failTurn(turn, reason)
  }

  async answerWait(runId: string, answer: WaitAnswer): Promise<AnswerReply> {
    const putting = this.putting({ runId })
    const kept = { ...answer, payload: putting.text(answer.payload) }
    await putting.stored()
    return this.store.answerWait(runId, kept)
  }

  takePermit(request: PermitRequest): Promise<PermitReply> {
    return this.store.takePermit(request)
  }

  renewPermit(request: PermitRequest): Promise<'renewed' | 'lost'> {
    return this.store.renewPermit(request)
  }

  returnPermit(permit: Pick<PermitRequest, 'key' | 'id' | 'token'>, isUnused: boolean): Promise<PermitChange> {
    return this.store.returnPermit(permit, isUnused)
  }

  tendPermits(key: string): Promise<PermitChange> {
    return this.store.tendPermits(key)
  }

  readPermits(key: string, id: string): Promise<PermitState | undefined> {
    return this.store.readPermits(key, id)
  }

  cancel(runId: string, reason: string | undefined, leaveTombstone: boolean): Promise<CancelReply> {
    return this.store.cancel(runId, reason, leaveTombstone)
  }

  tend(runId: string, options: TendOptions): Promise<TendReply | undefined> {
    return this.store.tend(runId, options)
  }

  takeDue(limit: number, holdMs: number): Promise<DueRuns> {
    return this.store.takeDue(limit, holdMs)
  }

  readRun(runId: string): Promise<RunHead | undefined> {
    return this.store.readRun(runId)
  }

  readCells(run: RunRef, names: readonly string[] | 'all'): Promise<Readonly<Record<string, Cell>>> {
    return this.store.readCells(run, names)
  }

  readShared(run: RunRef): Promise<Readonly<Record<string, SharedCell>>> {
    return this.store.readShared(run)
  }

  async readValues(run: RunRef, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return this.finding(run).values(await this.store.readValues(run, names))
  }

  async readJournal(run: RunRef, afterSeq: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.finding(run).events(await this.store.readJournal(run, afterSeq, limit))
  }

  readWaits(run: RunRef): Promise<readonly WaitRecord[]> {
    return this.store.readWaits(run)
  }

  readChildren(run: RunRef): Promise<readonly ChildRecord[]> {
    return this.store.readChildren(run)
  }

  readDispatches(run: RunRef): Promise<readonly DispatchRecord[]> {
    return this.store.readDispatches(run)
  }

  listRuns(limit: number, after?: RunPlace): Promise<readonly RunRecord[]> {
    return this.store.listRuns(limit, after)
  }

  async remove(run: RunRef): Promise<void> {
    await removeBlobs(this.store, this.texts, run)
  }

  increment(key: string, ttlSeconds: number): Promise<number> {
    return this.store.increment(key, ttlSeconds)
  }

  setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    return this.store.setIfNotExist(key, value, ttlSeconds)
  }

  extendTTL(key: string, ttlSeconds: number): Promise<boolean> {
    return this.store.extendTTL(key, ttlSeconds)
  }

  get(key: string): Promise<string | undefined> {
    return this.store.get(key)
  }

  delete(key: string): Promise<void> {
    return this.store.delete(key)
  }
}

/** Changes as the records hold them. */
function keptChanges(putting: PuttingAside, changes: TurnChanges): TurnChanges {
  const { values, journal, end } = changes
  return {
    ...changes,
    values: putting.values(values),
    journal: journal.map((entry) => putting.entry(entry)),
    ...(end === undefined ? {} : { end: { ...end, journal: end.journal.map((entry) => putting.entry(entry)) } }),
  }
}
