import type { Cell, SharedCell } from '../model/cell.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { RunJob } from '../model/run-job.ts'
import type { ParentLink } from '../model/run-message.ts'
import type { JournalEntry, StoredEvent, StoredResumption } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { NewDispatch } from './new-dispatch.ts'

/** A run to start. Values are serialised text. */
export interface StartRequest {
  readonly runId: string
  /** Random, 128 bits or more: tells this run from an earlier one of the same id. */
  readonly incarnation: string
  readonly workflowId: string
  readonly definitionHash: string
  /** Kept as the value `input` too. */
  readonly input: string
  /** Shared values before the first node runs, by key. */
  readonly shared: Readonly<Record<string, string>>
  readonly onFailure: FailurePolicy
  /** Limit of the run in milliseconds from its start. */
  readonly deadlineMs?: number
  readonly parent?: ParentLink
  /** What the run is found by in a list. */
  readonly tags?: readonly string[]
  /** What the journal of the run begins with, written with the run. */
  readonly journal: readonly JournalEntry[]
  /** What follows from the run's beginning, if the caller has decided it; else its `begin` is put into the inbox. */
  readonly beginning?: Beginning
}

/** The first decision of a run, written with the run as its revision 1. */
export interface Beginning {
  /** Random, 128 bits: names what is written, as the nonce of a turn does. */
  readonly nonce: string
  readonly cells: Readonly<Record<string, Cell>>
  /** Written behind the journal that the run begins with. */
  readonly journal: readonly JournalEntry[]
  /** At least one. */
  readonly dispatches: readonly NewDispatch[]
}

/**
 * - `started`, `existing`: the run is there, with this incarnation; the jobs wake workers. Of a run that this very request has made before
 *   they are the same.
 * - `conflict`: the id belongs to a run with another definition or input.
 * - `cancelled`: it was cancelled before it was started, and is not started.
 */
export type StartReply =
  | { readonly status: 'started' | 'existing'; readonly incarnation: string; readonly jobs: readonly RunJob[] }
  | { readonly status: 'conflict'; readonly what: 'definition' | 'input' }
  | { readonly status: 'cancelled' }

/** A run, and which one of that id. */
export interface RunRef {
  readonly runId: string
  readonly incarnation: string
}

/** One dispatch of a visit that a worker wants to attempt. */
export interface ClaimRequest extends RunRef {
  readonly visitKey: string
  readonly dispatch: number
  /** Random, 128 bits: names the attempt. The same token again answers the same claim. */
  readonly token: string
  readonly leaseMs: number
  /** Names of the cells and values that the visit's inputs may need. */
  readonly cells: readonly string[]
  readonly values: readonly string[]
  /** Names of the cells that the visit's outcome is expected to touch. Left out by a caller who does not ask how the run stands. */
  readonly touches?: readonly string[]
}

/** What is known of a run at one revision: by it events are decided. Only a commit changes it, and a commit raises the revision. */
export interface RunStanding {
  /** The revision that was read; a commit names it. */
  readonly revision: number
  /**
   * Nonce of the turn that wrote the revision; '' before the first commit. A store that lost the end of its log comes to the same revision
   * once more, by another turn and with other cells.
   */
  readonly writtenBy: string
  /** The cells that were asked for, or that events touch; `null` stands for one that does not exist. */
  readonly cells: Readonly<Record<string, Cell | null>>
  readonly onFailure: FailurePolicy
  readonly workflowId: string
  readonly definitionHash: string
  readonly parent?: ParentLink
  readonly expansions: readonly string[]
  /** The text of the run's first failure, if there was one. */
  readonly firstFailure?: string
}

/** What an attempt is given. Values are serialised text by name; one that does not exist is left out. */
export interface ClaimedVisit {
  readonly status: 'claimed'
  readonly attempt: number
  readonly resumption?: StoredResumption
  /** The journal entry about it. */
  readonly started: { readonly seq: number; readonly at: number }
  readonly input: string
  readonly cells: Readonly<Record<string, Cell | null>>
  readonly values: Readonly<Record<string, string>>
  readonly shared: Readonly<Record<string, SharedCell>>
  /** Recorded steps of the visit by name. */
  readonly steps: Readonly<Record<string, string>>
  /** What handlers added to the run's graph so far, in order. */
  readonly expansions: readonly string[]
  /** How the run stands, with the cells of `touches`, if it is asked for. Left out while somebody holds the turn or events wait for one. */
  readonly standing?: RunStanding
}

/**
 * Why a dispatch cannot be claimed: the run is unknown, has ended or is about to be cancelled, or the dispatch is not the current one
 * (`stale`); somebody else holds the lease (`leased`); or it is too early, by `delayMs`.
 */
export type ClaimReply =
  | ClaimedVisit
  | { readonly status: 'unknown-run' | 'stale' | 'leased' }
  | { readonly status: 'early'; readonly delayMs: number }

/** The attempt that something is done for. */
export interface AttemptRef extends RunRef {
  readonly visitKey: string
  readonly dispatch: number
  readonly token: string
}

/**
 * What became of an attempt that its worker gave up. `released`: the visit is dispatched again, by this job; of a run that stops, which
 * attempts nothing again, the job asks for a turn. `stale`: the attempt is not the current one, nothing was changed.
 */
export type ReleaseReply = { readonly status: 'released'; readonly job: RunJob } | { readonly status: 'stale' }

/** Where a run stands, without its cells and values. */
export interface RunHead {
  readonly runId: string
  readonly incarnation: string
  readonly workflowId: string
  readonly definitionHash: string
  readonly status: 'live' | 'completed' | 'failed' | 'cancelled'
  readonly onFailure: FailurePolicy
  readonly revision: number
  /** Number of journal entries. */
  readonly seq: number
  readonly startedAt: number
  readonly endedAt?: number
  readonly parent?: ParentLink
  /** Why no turn gets on, if one failed three times; it is tried again with growing delays. */
  readonly stalledBy?: string
  /** How much is under way or due: dispatched visits, sleeps, events, messages. 0: only something external can move the run. */
  readonly underWay: number
  /** The open waits of the run itself, without those of child runs. */
  readonly waits: readonly OpenWait[]
  /** Ids of the child runs that have not settled. */
  readonly children: readonly string[]
  /** Serialised errors, in order. */
  readonly failures: readonly string[]
  /** Name of the value that is the run's output. */
  readonly outputValue?: string
  readonly expansions: readonly string[]
  /** When somebody has to look at the run next, in milliseconds since 1970. */
  readonly dueAt?: number
}

/** A run as the store lists it. */
export interface RunRecord extends Pick<
  RunHead,
  'runId' | 'incarnation' | 'workflowId' | 'definitionHash' | 'status' | 'startedAt' | 'endedAt'
> {
  readonly tags: readonly string[]
  /** The run that it is a child of. */
  readonly parentRunId?: string
}

/** The place of a run in the list of all runs: later starts first, of runs that started at the same millisecond some fixed order. */
export type RunPlace = Pick<RunRecord, 'startedAt' | 'runId'>

/** A dispatch that is under way, as `explain` and tests see it. */
export interface DispatchRecord {
  readonly visit: VisitName
  readonly dispatch: number
  readonly attempt: number
  readonly notBefore: number
  readonly isClaimed: boolean
}

/** A wait of a run, open or over. */
export interface WaitRecord {
  /** As the run itself lists it. */
  readonly waitId: string
  readonly name: string
  readonly status: 'open' | 'answered' | 'expired' | 'cancelled'
}

/** A child run that a run has started. */
export interface ChildRecord {
  readonly childRunId: string
  /** The visit that it was started for; a retry starts another child for it. */
  readonly visit: VisitName
  /** The durable call that waits for it, if one does. */
  readonly call?: string
}

/** Runs from their start to their end. Every operation is atomic, and may be sent again if its reply was lost. */
export interface IRunRecords {
  /** Creates a run with its beginning: decided, or in the inbox, due now. */
  start(request: StartRequest): Promise<StartReply>
  /**
   * Takes a dispatch if it is the current one of its visit, its time has come by the store's clock, nobody has a lease on it, and no
   * cancellation waits in the inbox. Sets lease and token, journals `node.started`.
   */
  claim(request: ClaimRequest): Promise<ClaimReply>
  /** Prolongs the lease. `abort`: the visit or the run was cut off, or somebody else has claimed it. */
  renew(attempt: AttemptRef, leaseMs: number): Promise<'renewed' | 'abort'>
  /**
   * Gives up an attempt before it has an outcome, since its worker ends: its lease is over, and the visit has a new dispatch at once. The
   * attempt does not count as lost. Sent again, it answers the same job until somebody has claimed it.
   */
  release(attempt: AttemptRef): Promise<ReleaseReply>
  /**
   * Records a step of an attempt, once by name, and its entry in the journal. `stale`: the attempt is not the current one, nothing was
   * recorded.
   */
  recordStep(
    attempt: AttemptRef,
    name: string,
    text: string,
    entry?: JournalEntry,
  ): Promise<'recorded' | 'existing' | 'stale'>
  /** Removes a message from the outbox once it was delivered. */
  clearMessage(run: RunRef, messageId: string): Promise<void>
  /** @returns `undefined` if there is no such run */
  readRun(runId: string): Promise<RunHead | undefined>
  /** Cells by name, or all of them; with shared values among them. What does not exist is left out. */
  readCells(run: RunRef, names: readonly string[] | 'all'): Promise<Readonly<Record<string, Cell>>>
  /** All shared values by key. */
  readShared(run: RunRef): Promise<Readonly<Record<string, SharedCell>>>
  /** Serialised values by name. What does not exist is left out. */
  readValues(run: RunRef, names: readonly string[]): Promise<Readonly<Record<string, string>>>
  /** The journal from the entry after `afterSeq` on, at most `limit` entries. */
  readJournal(run: RunRef, afterSeq: number, limit: number): Promise<readonly StoredEvent[]>
  /** All waits of a run, those that are over too, in the order in which they opened. For who asks about a wait that is not open. */
  readWaits(run: RunRef): Promise<readonly WaitRecord[]>
  /** All child runs of a run, those that have settled too, in the order in which they were started. */
  readChildren(run: RunRef): Promise<readonly ChildRecord[]>
  /** The dispatches that are under way. */
  readDispatches(run: RunRef): Promise<readonly DispatchRecord[]>
  /**
   * The runs of the store, child runs too, those that were started last first: at most `limit` of them, and fewer only if there are no
   * more behind. A run that stays in the store is in exactly one of the pages that follow each other; one that is started meanwhile may be
   * in none.
   *
   * @param after the last run of the page before; the first page without
   */
  listRuns(limit: number, after?: RunPlace): Promise<readonly RunRecord[]>
  /** Deletes a run with all its records. */
  remove(run: RunRef): Promise<void>
}
