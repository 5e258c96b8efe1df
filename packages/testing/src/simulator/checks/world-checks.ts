import type {
  AttemptRef,
  ClaimReply,
  ClaimRequest,
  CommitReply,
  Delivery,
  DeliverReply,
  ReleaseReply,
  ICoordinationStore,
  RunHead,
  Settlement,
  SettleReply,
  StartReply,
  StartRequest,
  TendReply,
  TurnChanges,
  TurnRef,
  TurnRequest,
} from '@heddle/core'
import { checkRecords } from './atomic-records.ts'
import type { Operation } from './operation.ts'
import { ProtocolRules } from './protocol-rules.ts'
import { RunLedger } from './run-ledger.ts'
import type { Report } from './violation.ts'
import type { WatchedRun } from './watched-run.ts'

/** Operations that change no run. */
const reading: ReadonlySet<string> = new Set([
  'readRun',
  'readCells',
  'readShared',
  'readValues',
  'readJournal',
  'readDispatches',
  'readWaits',
  'readChildren',
  'listRuns',
  'fetch',
  'takeDue',
  'takePermit',
  'renewPermit',
  'returnPermit',
  'tendPermits',
  'readPermits',
  'increment',
  'setIfNotExist',
  'extendTTL',
  'get',
  'delete',
])

/** The run that an operation may have changed, if there is one. */
function changedRun({ name, parameters: [first] }: Operation, reply: unknown): string | undefined {
  const isRefused = name === 'claim' && (reply as ClaimReply).status !== 'claimed'
  if (isRefused || reading.has(name)) return undefined
  return typeof first === 'string' ? first : (first as { readonly runId?: string } | undefined)?.runId
}

/** The nodes of each workflow, by its id. */
export type NodeIds = ReadonlyMap<string, readonly string[]>

/** Looks at every operation of a store, and holds what its records say then against the guarantees. */
export class WorldChecks {
  readonly runs: Map<string, WatchedRun> = new Map()
  /** When something was last to happen: when a run last got on, or the time that it then waited for. */
  expectedAt: number
  private readonly store: ICoordinationStore
  private readonly now: () => number
  private readonly report: Report
  private readonly nodeIds: NodeIds

  /** @param now the time of the store */
  constructor(store: ICoordinationStore, now: () => number, nodeIds: NodeIds, report: Report) {
    this.store = store
    this.now = now
    this.nodeIds = nodeIds
    this.report = report
    this.expectedAt = now()
  }

  /** An operation was carried out. */
  async observe(operation: Operation, reply: unknown): Promise<void> {
    const { name } = operation
    const runId = changedRun(operation, reply)
    const head = runId === undefined ? undefined : await this.store.readRun(runId)
    if (runId === undefined || head === undefined) return
    const run = this.runs.get(runId) ?? this.meet(head, operation, reply as StartReply)
    const isCommitted = this.followProtocol(run, operation, reply)
    const settled = await this.readJournal(run, head, name === 'tend' || name === 'release')
    this.checkRevision(run, head, isCommitted)
    run.head = head
    this.checkProgress(run)
    if (isCommitted && head.status === 'live') await checkRecords(this.store, run, settled, this.report)
  }

  private meet(head: RunHead, { name, parameters }: Operation, reply: StartReply): WatchedRun {
    const { runId } = head
    const [request] = parameters as readonly [StartRequest]
    if (name !== 'start' || reply.status !== 'started') this.report('G7', `run "${runId}" came into being by "${name}"`)
    const run: WatchedRun = {
      ledger: new RunLedger(runId, this.nodeIds.get(head.workflowId) ?? [], this.report),
      rules: new ProtocolRules(runId, this.report),
      head: { ...head, revision: name === 'start' && request.beginning !== undefined ? 1 : 0 },
    }
    this.runs.set(runId, run)
    return run
  }

  /** @returns whether the operation wrote a commit */
  private followProtocol({ rules }: WatchedRun, { name, parameters }: Operation, reply: unknown): boolean {
    const now = this.now()
    const [first, second, third] = parameters
    if (name === 'commit') return rules.commit(first as TurnRef, second as TurnChanges, reply as CommitReply, now)
    if (name === 'settle') return rules.settle(second as Settlement, third as TurnRequest, reply as SettleReply, now)
    if (name === 'start') rules.start(reply as StartReply)
    else if (name === 'deliver') {
      rules.deliver(second as Delivery | undefined, third as TurnRequest | undefined, reply as DeliverReply, now)
    } else if (name === 'claim') rules.claim(first as ClaimRequest, reply as ClaimReply, now)
    else if (name === 'renew') rules.renew(first as AttemptRef, second as number, reply as 'renewed' | 'abort', now)
    else if (name === 'release') rules.release(first as AttemptRef, reply as ReleaseReply)
    else if (name === 'tend') rules.tend(reply as TendReply, now)
    else if (name === 'failTurn') rules.failTurn(first as TurnRef)
    else if (name === 'recordStep') rules.recordStep(first as AttemptRef, reply as 'recorded' | 'existing' | 'stale')
    return false
  }

  private async readJournal(
    { ledger }: WatchedRun,
    head: RunHead,
    isAgain: boolean,
  ): Promise<ReturnType<RunLedger['add']>> {
    const missing = head.seq - ledger.seq
    if (missing === 0) return []
    this.expectedAt = Math.max(this.expectedAt, this.now(), head.dueAt ?? 0)
    if (missing < 0) {
      this.report('G6', `the journal of run "${head.runId}" ends at ${head.seq}, after it had ${ledger.seq} entries`)
      return []
    }
    const entries = await this.store.readJournal(head, ledger.seq, missing)
    const settled = ledger.add(entries, isAgain)
    if (ledger.seq !== head.seq) {
      this.report('G6', `the journal of run "${head.runId}" has a gap after entry ${ledger.seq}`)
    }
    if ((head.status === 'live') !== (ledger.end === undefined)) {
      this.report('G3', `the records of run "${head.runId}" say ${head.status}, its journal ${ledger.end ?? 'live'}`)
    }
    return settled
  }

  /** A run changes by its own commits alone, one revision each. */
  private checkRevision({ head: before }: WatchedRun, { runId, revision }: RunHead, isCommitted: boolean): void {
    const expected = before.revision + (isCommitted ? 1 : 0)
    if (revision === expected) return
    this.report('G7', `run "${runId}" is at revision ${revision} instead of ${expected}: something else changed it`)
  }

  private checkProgress({ head, ledger }: WatchedRun): void {
    if (head.status !== 'live' || head.dueAt !== undefined || head.waits.length + head.children.length > 0) return
    this.report('G4', `run "${head.runId}" waits for nothing, and nobody will ever look after it: ${ledger.describe()}`)
  }

  /** When nothing happens any more: runs that have not ended must wait for something that can come, and no journal may have changed. */
  async checkEnd(): Promise<void> {
    for (const { head, ledger } of this.runs.values()) {
      if (head.status === 'live') this.checkRest(head, ledger)
      const entries = await this.store.readJournal(head, 0, ledger.seq + 1)
      const isSame = entries.length === ledger.seq && entries.every(({ seq }, at) => seq === at + 1)
      if (!isSame) this.report('G6', `the journal of run "${head.runId}" was changed after it was written`)
    }
  }

  private checkRest({ runId, children }: RunHead, ledger: RunLedger): void {
    const [abandoned] = ledger.underWay()
    if (abandoned !== undefined) this.report('G4', `nobody attends to visit "${abandoned}" of run "${runId}"`)
    for (const childId of children) {
      const status = this.runs.get(childId)?.head.status ?? 'lost'
      if (status === 'live') continue
      this.report('G4', `run "${runId}" waits for its child run "${childId}", which is ${status}`)
    }
  }

  /** Whether every run has ended. */
  get haveEnded(): boolean {
    for (const { head } of this.runs.values()) if (head.status === 'live') return false
    return true
  }
}
