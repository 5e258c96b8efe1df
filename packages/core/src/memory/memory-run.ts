import type { Cell, SharedCell } from '../model/cell.ts'
import { jobIdOf, wakeJobId, type RunJob } from '../model/run-job.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { InboxEvent, JournalEntry, StoredEvent, StoredResumption } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { RunHead, StartRequest } from '../ports/run-records.ts'
import type { NewDispatch } from '../ports/new-dispatch.ts'
import type { CommitReply, NewTimer, TurnRef } from '../ports/turn-store.ts'
import { copyJson } from './copy-json.ts'
import { DueTimes } from './due-times.ts'

/** How long an unclaimed job or an undelivered message waits before it is sent again the first time, in milliseconds. */
const firstResendMs = 5000

/**
 * The same for a visit that is dispatched again, in milliseconds: nothing has happened for long enough already if the sweeper that did it
 * dies before the job is in the queue.
 */
const againResendMs = 2000

/** Of how many commits the replies are kept: one that is sent again may come after commits of others. */
const commitsKept = 4

/** The answer to a commit that was written. */
export type Committed = Extract<CommitReply, { status: 'committed' }>

/** A nonce names one turn or settlement, and a revision one commit of it. */
export type CommitName = Pick<TurnRef, 'nonce' | 'revision'>

/** A dispatch of a visit: the job that is to be claimed, or its lease. */
export interface Dispatch {
  readonly visit: VisitName
  readonly dispatch: number
  readonly attempt: number
  readonly notBefore: number
  readonly touches: readonly string[]
  readonly resumption?: StoredResumption
  readonly queue?: string
  readonly priority?: number
  /** Attempts of this visit that were lost, one after the other. */
  readonly lost: number
  /** What a claim journals, if not `node.started`. */
  readonly startEntry?: JournalEntry
  /** It is not attempted again: the run stops. */
  isLast?: boolean
  token?: string
  /** Token of the attempt that was given up, so that there is this dispatch. */
  readonly releasedBy?: string
  /** Tokens of attempts whose lease has ended. */
  earlierTokens?: string[]
  leaseUntil?: number
  /** Place of the journal entry about its start. */
  started?: { readonly seq: number; readonly at: number }
  /** Whether the current token has recorded a step. */
  hasRecorded?: boolean
  /** Id of the event that brought its outcome. */
  delivered?: string
  /** Once its job is sent again, twice this passes until the next time. */
  resendMs: number
}

/** A wait of a run, open or ended. */
export interface StoredWait {
  readonly wait: OpenWait
  readonly call?: string
  readonly attempt: number
  readonly eventId: string
  readonly schemaText?: string
  readonly touches: readonly string[]
  status: 'open' | 'answered' | 'expired' | 'cancelled'
  /** Id of the answer that was accepted. */
  answeredBy?: string
}

/** A child run: the visit, and the call of its handler, that it belongs to, and whether it has settled. */
interface ChildEntry {
  readonly visit: VisitName
  readonly call?: string
  hasSettled: boolean
}

const nameOf = ({ nonce, revision }: CommitName): string => `${nonce}/${revision}`

/** A turn that somebody holds. */
export interface HeldTurn {
  readonly nonce: string
  readonly fence: number
  readonly limitMs: number
  deadline: number
  /** Ids of the events that the holder was handed. */
  ids: readonly string[]
}

/** All records of one run. Cells and events are kept as text, so that nobody holds on to an object of the store. */
export class MemoryRun {
  readonly start: StartRequest
  readonly startedAt: number
  status: RunHead['status'] = 'live'
  endedAt: number | undefined
  revision = 0
  fence = 0
  outputValue: string | undefined
  turn: HeldTurn | undefined
  /** Nonce of the last turn that has ended: a request for it that comes late takes no other one. */
  endedNonce: string | undefined
  turnFailures = 0
  stalledBy: string | undefined
  stalledUntil = 0
  isAwaiting = false
  /** The replies of the last commits, by what names them. */
  private readonly commits: Map<string, Committed> = new Map()
  /** Nonce of the turn that wrote the revision. */
  writtenBy = ''
  readonly cells: Map<string, string> = new Map()
  readonly shared: Map<string, string> = new Map()
  readonly values: Map<string, string> = new Map()
  readonly journal: StoredEvent[] = []
  readonly inbox: Map<string, string> = new Map()
  /** By visit: id of the last event that was accepted as its outcome. */
  readonly outcomes: Map<string, string> = new Map()
  /** By visit: id of the last event that was refused. */
  readonly refused: Map<string, string> = new Map()
  readonly dispatches: Map<string, Dispatch> = new Map()
  readonly timers: Map<string, NewTimer & { readonly eventId: string }> = new Map()
  readonly waits: Map<string, StoredWait> = new Map()
  /** By id of the child: the visit that it belongs to, and whether it has settled. */
  readonly children: Map<string, ChildEntry> = new Map()
  /** By key: visits that were cut off after somebody had claimed them. */
  readonly cutOff: Map<string, VisitName> = new Map()
  readonly messages: Map<string, { readonly message: RunMessage; resendMs: number }> = new Map()
  readonly steps: Map<string, Map<string, string>> = new Map()
  readonly expansions: string[] = []
  readonly failures: string[] = []
  /** When what has to be looked at: `d:<visit>`, `t:<timer>`, `w:<wait>`, `m:<message>`, `turn`, `inbox`, `deadline`. */
  readonly due: DueTimes = new DueTimes()
  private dispatchCount = 0

  constructor(start: StartRequest, now: number) {
    this.start = start
    this.startedAt = now
    for (const [key, text] of Object.entries(start.shared)) this.writeCell(`s:${key}`, { version: 0, text })
  }

  get isLive(): boolean {
    return this.status === 'live'
  }

  get underWay(): number {
    return this.dispatches.size + this.timers.size + this.inbox.size + this.messages.size
  }

  get hasLiveChild(): boolean {
    for (const { hasSettled } of this.children.values()) if (!hasSettled) return true
    return false
  }

  writeCell(name: string, cell: Cell): void {
    if (name.startsWith('s:')) this.shared.set(name.slice(2), JSON.stringify(cell))
    else this.cells.set(name, JSON.stringify(cell))
  }

  readCell(name: string): Cell | null {
    const text = name.startsWith('s:') ? this.shared.get(name.slice(2)) : this.cells.get(name)
    return text === undefined ? null : (JSON.parse(text) as Cell)
  }

  sharedCells(): Record<string, SharedCell> {
    return Object.fromEntries([...this.shared].map(([key, text]) => [key, JSON.parse(text) as SharedCell]))
  }

  readCells(names: Iterable<string>): Record<string, Cell | null> {
    const cells: Record<string, Cell | null> = Object.create(null) as Record<string, Cell | null>
    for (const name of names) cells[name] = this.readCell(name)
    return cells
  }

  allCellNames(): string[] {
    return [...this.cells.keys(), ...[...this.shared.keys()].map((key) => `s:${key}`)]
  }

  readValues(names: Iterable<string>): Record<string, string> {
    const values: Record<string, string> = Object.create(null) as Record<string, string>
    for (const name of names) {
      const text = this.values.get(name)
      if (text !== undefined) values[name] = text
    }
    return values
  }

  write(entries: readonly JournalEntry[], now: number): void {
    for (const entry of entries) {
      this.journal.push({ ...copyJson(entry), seq: this.journal.length + 1, at: now })
    }
  }

  /** Puts an event into the inbox and makes the run due now. */
  append(event: InboxEvent, now: number): void {
    this.inbox.set(event.id, JSON.stringify(event))
    this.isAwaiting = false
    if (this.turn === undefined) this.due.set('inbox', Math.max(now, this.stalledUntil))
  }

  /** Gives a visit a new dispatch number. @param again why, if it was dispatched before and the attempt came to nothing */
  dispatch(request: NewDispatch, now: number, again?: Pick<Dispatch, 'lost' | 'releasedBy'>): RunJob {
    const resendMs = again === undefined ? firstResendMs : againResendMs
    const { visit, visitKey, attempt, delayMs, touches, resumption, queue, priority, started } = request
    const dispatch: Dispatch = {
      visit,
      dispatch: ++this.dispatchCount,
      attempt,
      notBefore: now + delayMs,
      touches,
      ...(resumption === undefined ? {} : { resumption }),
      ...(queue === undefined ? {} : { queue }),
      ...(priority === undefined ? {} : { priority }),
      lost: 0,
      ...again,
      ...(started === undefined ? {} : { startEntry: started }),
      resendMs: resendMs / 2,
    }
    this.dispatches.set(visitKey, dispatch)
    this.due.set(`d:${visitKey}`, dispatch.notBefore + resendMs)
    return this.jobOf(visitKey, dispatch, now)
  }

  drop(visitKey: string): void {
    this.dispatches.delete(visitKey)
    this.due.delete(`d:${visitKey}`)
  }

  jobOf(visitKey: string, dispatch: Dispatch, now: number): RunJob {
    const { runId, incarnation, definitionHash } = this.start
    const { queue, priority } = dispatch
    return {
      id: jobIdOf(incarnation, runId, visitKey, dispatch.dispatch),
      runId,
      incarnation,
      definitionHash,
      visit: dispatch.visit,
      dispatch: dispatch.dispatch,
      delayMs: Math.max(0, dispatch.notBefore - now),
      ...(queue === undefined ? {} : { queue }),
      ...(priority === undefined ? {} : { priority }),
    }
  }

  /** A job that asks for a turn. */
  wakeJob(reason: string): RunJob {
    const { runId, incarnation, definitionHash } = this.start
    return { id: wakeJobId(incarnation, runId, reason), runId, incarnation, definitionHash }
  }

  send(message: RunMessage, now: number): void {
    this.messages.set(message.id, { message, resendMs: firstResendMs })
    this.due.set(`m:${message.id}`, now + firstResendMs)
  }

  /** Ends a turn; what waits in the inbox is due. */
  endTurn(now: number): void {
    if (this.turn !== undefined) this.endedNonce = this.turn.nonce
    this.turn = undefined
    this.due.delete('turn')
    if (this.inbox.size > 0) this.due.set('inbox', Math.max(now, this.stalledUntil))
    else this.due.delete('inbox')
  }

  /** Counts a turn that came to nothing; the third one on a revision stalls the run for a time that grows. */
  failTurn(reason: string, now: number): void {
    this.turnFailures++
    if (this.turnFailures >= 3) {
      this.stalledBy = reason
      this.stalledUntil = now + Math.min(60_000, 1000 * 2 ** (this.turnFailures - 3))
    }
    this.endTurn(now)
  }

  openWaits(): OpenWait[] {
    return [...this.waits.values()].filter(({ status }) => status === 'open').map(({ wait }) => wait)
  }

  /** Keeps the reply to a commit, should it be sent again; answers a copy. */
  rememberCommit(name: CommitName, reply: Committed): Committed {
    this.commits.set(nameOf(name), copyJson(reply))
    for (const oldest of this.commits.keys()) {
      if (this.commits.size <= (this.isLive ? commitsKept : 1)) break
      this.commits.delete(oldest)
    }
    return copyJson(reply)
  }

  /** What a commit was answered that is sent again; its turn only while it goes on from there. */
  recallCommit(name: CommitName): Committed | undefined {
    const reply = this.commits.get(nameOf(name))
    if (reply === undefined) return undefined
    const { turn: next, ...rest } = reply
    const goesOn = next !== undefined && this.turn?.nonce === next.nonce && this.revision === name.revision + 1
    return copyJson(goesOn ? reply : rest)
  }
}
