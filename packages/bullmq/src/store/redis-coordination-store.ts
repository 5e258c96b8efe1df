import type {
  AnswerReply,
  AttemptRef,
  CancelReply,
  Cell,
  ChildRecord,
  ClaimReply,
  ClaimRequest,
  CommitReply,
  Delivery,
  DeliverReply,
  DispatchRecord,
  DueRuns,
  FetchReply,
  FetchRequest,
  ICoordinationStore,
  JournalEntry,
  PermitChange,
  PermitReply,
  PermitRequest,
  PermitState,
  ReleaseReply,
  RunHead,
  RunPlace,
  RunRecord,
  RunRef,
  SharedCell,
  StartReply,
  StartRequest,
  StoredEvent,
  TendOptions,
  TendReply,
  Settlement,
  SettleReply,
  TurnChanges,
  TurnRef,
  TurnRequest,
  WaitAnswer,
  WaitRecord,
} from '@heddle/core'
import { clearMessageScript } from '../lua/clear-message.ts'
import { removeScript } from '../lua/remove.ts'
import { ArgumentList } from './argument-list.ts'
import { claim, recordStep, release, renew, start } from './attempts.ts'
import { commit } from './commits.ts'
import { DuePartitions } from './due-partitions.ts'
import { DueIndex } from './due-runs.ts'
import { PartitionScripts } from './partition-scripts.ts'
import { Permits } from './permits.ts'
import { PlainKeys } from './plain-keys.ts'
import {
  readCells,
  readChildren,
  readDispatches,
  readJournal,
  readRun,
  readShared,
  readValues,
  readWaits,
} from './reads.ts'
import { RunList } from './run-list.ts'
import { RunScripts } from './run-scripts.ts'
import { ScriptRunner } from './script-runner.ts'
import { settle } from './settlements.ts'
import { StoreConnection } from './store-connection.ts'
import { resolveStoreOptions, type RedisCoordinationStoreOptions, type StoreSettings } from './store-options.ts'
import { deliver, failTurn, fetch } from './turns.ts'
import { answerWait, cancel, tend } from './waits.ts'

/** A coordination store on Redis. */
export interface RedisCoordinationStore extends ICoordinationStore {
  /**
   * Connects, looks at the settings of the server, and sees to it that it has the scripts. Every operation does so by itself; this is
   * for who wants to know at once.
   *
   * @throws HeddleError `STORE_UNAVAILABLE` if the server cannot be reached, `STORE_SETTINGS` if it would lose runs as it is set up
   */
  ready(): Promise<void>
  /** Ends the connection; a client that was handed in stays open. Idempotent. */
  close(): Promise<void>
}

/**
 * A coordination store on Redis 7 or Valkey 8, also on a Redis Cluster: what workers on any number of machines share.
 *
 * Each operation is one Lua script, so it happens as a whole or not at all, and it may be sent twice. All times are those of the server.
 * The records of a run and its place in the due index are in one hash slot, one of 256; nothing of a run expires. Every operation
 * rejects with `STORE_UNAVAILABLE` if the server does not answer in time: whether it took effect is not known then.
 *
 * @throws HeddleError `INVALID_OPTION`
 * @example
 * ```ts
 * const store = redisCoordinationStore({ url: 'redis://127.0.0.1:6379' })
 * const runtime = new FlowRuntime({ store, queue, registry })
 * ```
 */
export function redisCoordinationStore(options: RedisCoordinationStoreOptions): RedisCoordinationStore {
  return new ScriptedStore(resolveStoreOptions(options))
}

class ScriptedStore implements RedisCoordinationStore {
  private readonly connection: StoreConnection
  private readonly runner: ScriptRunner
  private readonly scripts: RunScripts
  private readonly keys: PlainKeys
  private readonly permits: Permits
  private readonly due: DueIndex
  private readonly list: RunList

  constructor(settings: StoreSettings) {
    const { prefix } = settings
    this.connection = new StoreConnection(settings)
    const runner = new ScriptRunner(this.connection)
    this.runner = runner
    const partitions = new DuePartitions(this.connection, settings)
    const scripts = new PartitionScripts(runner, partitions, prefix)
    this.scripts = new RunScripts(scripts)
    this.keys = new PlainKeys(runner, this.connection, prefix)
    this.list = new RunList(runner, prefix, this.connection.client.nodes !== undefined)
    this.permits = new Permits(scripts)
    this.due = new DueIndex(runner, this.scripts, partitions, settings)
  }

  ready(): Promise<void> {
    return this.runner.open()
  }

  close(): Promise<void> {
    return this.connection.close()
  }

  start(request: StartRequest): Promise<StartReply> {
    return start(this.scripts, request)
  }

  claim(request: ClaimRequest): Promise<ClaimReply> {
    return claim(this.scripts, request)
  }

  renew(attempt: AttemptRef, leaseMs: number): Promise<'renewed' | 'abort'> {
    return renew(this.scripts, attempt, leaseMs)
  }

  release(attempt: AttemptRef): Promise<ReleaseReply> {
    return release(this.scripts, attempt)
  }

  recordStep(
    attempt: AttemptRef,
    name: string,
    text: string,
    entry?: JournalEntry,
  ): Promise<'recorded' | 'existing' | 'stale'> {
    return recordStep(this.scripts, attempt, { name, text, entry })
  }

  async clearMessage(run: RunRef, messageId: string): Promise<void> {
    await this.scripts.run(clearMessageScript, run, new ArgumentList().add(messageId))
  }

  deliver(run: RunRef, delivery: Delivery | undefined, turn: TurnRequest | undefined): Promise<DeliverReply> {
    return deliver(this.scripts, run, delivery, turn)
  }

  settle(run: RunRef, settlement: Settlement, turn: TurnRequest): Promise<SettleReply> {
    return settle(this.scripts, run, settlement, turn)
  }

  fetch(turn: TurnRef, request: FetchRequest): Promise<FetchReply> {
    return fetch(this.scripts, turn, request)
  }

  commit(turn: TurnRef, changes: TurnChanges, goOn: boolean): Promise<CommitReply> {
    return commit(this.scripts, turn, changes, goOn)
  }

  failTurn(turn: TurnRef, reason: string): Promise<void> {
    return failTurn(this.scripts, turn, reason)
  }

  answerWait(runId: string, answer: WaitAnswer): Promise<AnswerReply> {
    return answerWait(this.scripts, runId, answer)
  }

  cancel(runId: string, reason: string | undefined, leaveTombstone: boolean): Promise<CancelReply> {
    return cancel(this.scripts, runId, reason, leaveTombstone)
  }

  tend(runId: string, options: TendOptions): Promise<TendReply | undefined> {
    return tend(this.scripts, runId, options)
  }

  takeDue(limit: number, holdMs: number): Promise<DueRuns> {
    return this.due.take(limit, holdMs)
  }

  takePermit(request: PermitRequest): Promise<PermitReply> {
    return this.permits.take(request)
  }

  renewPermit(request: PermitRequest): Promise<'renewed' | 'lost'> {
    return this.permits.renew(request)
  }

  returnPermit(permit: Pick<PermitRequest, 'key' | 'id' | 'token'>, isUnused: boolean): Promise<PermitChange> {
    return this.permits.giveBack(permit, isUnused)
  }

  tendPermits(key: string): Promise<PermitChange> {
    return this.permits.tend(key)
  }

  readPermits(key: string, id: string): Promise<PermitState | undefined> {
    return this.permits.read(key, id)
  }

  readRun(runId: string): Promise<RunHead | undefined> {
    return readRun(this.scripts, runId)
  }

  readCells(run: RunRef, names: readonly string[] | 'all'): Promise<Readonly<Record<string, Cell>>> {
    return readCells(this.scripts, run, names)
  }

  readShared(run: RunRef): Promise<Readonly<Record<string, SharedCell>>> {
    return readShared(this.scripts, run)
  }

  readValues(run: RunRef, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return readValues(this.scripts, run, names)
  }

  readJournal(run: RunRef, afterSeq: number, limit: number): Promise<readonly StoredEvent[]> {
    return readJournal(this.scripts, run, afterSeq, limit)
  }

  readWaits(run: RunRef): Promise<readonly WaitRecord[]> {
    return readWaits(this.scripts, run)
  }

  readChildren(run: RunRef): Promise<readonly ChildRecord[]> {
    return readChildren(this.scripts, run)
  }

  readDispatches(run: RunRef): Promise<readonly DispatchRecord[]> {
    return readDispatches(this.scripts, run)
  }

  listRuns(limit: number, after?: RunPlace): Promise<readonly RunRecord[]> {
    return this.list.page(limit, after)
  }

  async remove(run: RunRef): Promise<void> {
    await this.scripts.run(removeScript, run)
  }

  increment(key: string, ttlSeconds: number): Promise<number> {
    return this.keys.increment(key, ttlSeconds)
  }

  setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    return this.keys.setIfNotExist(key, value, ttlSeconds)
  }

  extendTTL(key: string, ttlSeconds: number): Promise<boolean> {
    return this.keys.extendTTL(key, ttlSeconds)
  }

  get(key: string): Promise<string | undefined> {
    return this.keys.get(key)
  }

  delete(key: string): Promise<void> {
    return this.keys.delete(key)
  }
}
