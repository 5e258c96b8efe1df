import type { Cell } from '../model/cell.ts'
import type { RunJob } from '../model/run-job.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { InboxEvent, JournalEntry } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { OpenWait } from '../model/workflow-result.ts'
import type { NewDispatch } from './new-dispatch.ts'
import type { ClaimReply, ClaimRequest, RunRef, RunStanding } from './run-records.ts'

/** An event on its way to a run, with the values that it brings. */
export interface Delivery {
  readonly event: InboxEvent
  /** Serialised values by name; stored only if the event is accepted. */
  readonly values?: Readonly<Record<string, string>>
}

/** The outcome of an attempt on its way to its run. */
export type OutcomeDelivery = Delivery & { readonly event: Extract<InboxEvent, { readonly type: 'outcome' }> }

/** Who could take the run's turn. Left out by a caller without the run's definition. */
export interface TurnRequest {
  /** Random, 128 bits; the same nonce again answers the same turn. */
  readonly nonce: string
  /** How long the turn may last, in milliseconds. */
  readonly limitMs: number
}

/**
 * What became of a delivered event: taken into the inbox, known already, or refused because it is not current any more (which is
 * journalled as `outcome.rejected` while the run lives).
 */
export type DeliveryVerdict = 'accepted' | 'duplicate' | 'rejected'

/** A turn: the right to change one run. */
export interface TurnGrant extends RunStanding {
  readonly fence: number
  readonly nonce: string
  /** At most 256 events. */
  readonly inbox: readonly InboxEvent[]
}

/** The answer to `deliver`. */
export interface DeliverReply {
  readonly status: 'delivered' | 'unknown-run'
  readonly verdict?: DeliveryVerdict
  readonly turn?: TurnGrant
}

/** What a holder fetches. */
export interface FetchRequest {
  readonly cells?: readonly string[] | 'all'
  readonly values?: readonly string[]
  /** Also which visits are claimed now. */
  readonly claimed?: boolean
}

/** What a holder fetched; `refused` if the turn is not the caller's any more. */
export type FetchReply =
  | { readonly status: 'refused' }
  | {
      readonly status: 'fetched'
      readonly cells: Readonly<Record<string, Cell | null>>
      readonly values: Readonly<Record<string, string>>
      readonly claimed: readonly { readonly visit: VisitName; readonly attempt: number }[]
    }

/** A wait to open. Its deadline is counted from the commit. */
export interface NewWait {
  readonly wait: OpenWait
  /** The durable call that waits, if one does: it comes back in the event about its end. */
  readonly call?: string
  readonly timeoutMs?: number
  readonly attempt: number
  readonly schemaText?: string
  readonly touches: readonly string[]
}

/** A timer to set, counted from the commit. */
export interface NewTimer {
  readonly id: string
  readonly name: string
  readonly visit: VisitName
  /** The durable call that waits, if one does: it comes back in the event about its end. */
  readonly call?: string
  readonly attempt: number
  readonly delayMs: number
  readonly touches: readonly string[]
  /** It limits the time of a child run: its end is not told as that of a sleep. */
  readonly isUntold?: true
}

/** A child run that a visit waits for. */
export interface NewChild {
  readonly childRunId: string
  readonly visit: VisitName
  /** The durable call that waits for it, if one does. */
  readonly call?: string
}

/** What nobody waits for any more, by id; the entries about it are part of the journal of the commit. What is not open is left as it is. */
export interface EndedWaiting {
  /** Open waits: they are cancelled. */
  readonly waits: readonly string[]
  readonly timers: readonly string[]
  /** Child runs: what becomes of them is not asked any more. The commit has the messages that cancel them. */
  readonly children: readonly string[]
}

/** Everything that one commit writes. */
export interface TurnChanges {
  readonly cells: Readonly<Record<string, Cell>>
  readonly values: Readonly<Record<string, string>>
  readonly journal: readonly JournalEntry[]
  /** Ids of the events that were handled. */
  readonly handled: readonly string[]
  readonly dispatches: readonly NewDispatch[]
  /** Keys of visits whose dispatch is over, dropped before `dispatches` are added. */
  readonly dropped: readonly string[]
  /**
   * Keys of visits that were cut off for good: their dispatch is over, and what they wait for ends with this commit, what it opens
   * included. Waits end as cancelled, which is journalled; timers end; child runs are cancelled.
   */
  readonly cutOff: readonly string[]
  /**
   * Keys of visits; given when the run stops in order to be compensated. The dispatch of one that nobody has claimed is over. One that
   * is claimed is awaited, and not dispatched or claimed again when its lease ends: then its `lost` event comes at once. One
   * `recalled` event, also for an empty list, tells what was found.
   */
  readonly recall?: readonly string[]
  /** Ended before `waits`, `timers` and `children` are added. */
  readonly endedWaiting?: EndedWaiting
  readonly waits: readonly NewWait[]
  readonly timers: readonly NewTimer[]
  readonly children: readonly NewChild[]
  readonly messages: readonly RunMessage[]
  readonly expansions: readonly string[]
  readonly failures: readonly string[]
  /** The run ends: dispatches, timers and waits are dropped, open children are cancelled, the parent is told. */
  readonly end?: {
    readonly status: 'completed' | 'failed' | 'cancelled'
    readonly outputValue?: string
    readonly errorText?: string
    /** Entries that come after those about the waits that end with the run. */
    readonly journal: readonly JournalEntry[]
  }
}

/** The answer to `commit`. */
export type CommitReply =
  | { readonly status: 'refused' }
  | {
      readonly status: 'committed'
      /** Place of the first journal entry of the commit, and its time. */
      readonly seq: number
      readonly at: number
      /** Jobs for the queue, and messages to other runs. */
      readonly jobs: readonly RunJob[]
      readonly messages: readonly RunMessage[]
      readonly dueAt?: number
      /** The run has ended. */
      readonly ended?: boolean
      /** New events came meanwhile: the turn goes on. Its `cells` are those that the events touch. */
      readonly turn?: TurnGrant
    }

/** Outcomes, and what follows from them by what the caller knows of the run. */
export interface Settlement {
  /** Random, 128 bits: names what is written. Not that of the turn that is asked for, which may write more. */
  readonly nonce: string
  /** Outcomes of attempts, in the order in which they were decided; 1 to 256. */
  readonly deliveries: readonly OutcomeDelivery[]
  /** The revision by which it was decided, and who wrote it. */
  readonly revision: number
  readonly writtenBy: string
  readonly changes: TurnChanges
  /** Visits that the changes dispatch, and that the caller goes on with: claimed together with the commit. */
  readonly claims: readonly NextClaim[]
}

/** A visit to claim that is being dispatched: see `ClaimRequest`. */
export type NextClaim = Omit<ClaimRequest, 'runId' | 'incarnation' | 'dispatch'>

/**
 * The answer to `settle`. `committed`: outcomes and changes are written. `delivered`: the changes are not, since the run has moved on or
 * others are at work on it; the outcomes were delivered as `deliver` does, with one verdict each, and the turn was handed out.
 */
export type SettleReply =
  | (Extract<CommitReply, { status: 'committed' }> & {
      /** What the claims came to, in their order; the jobs of the visits are told nevertheless. */
      readonly claimed: readonly ClaimReply[]
    })
  | { readonly status: 'delivered'; readonly verdicts: readonly DeliveryVerdict[]; readonly turn?: TurnGrant }
  | { readonly status: 'unknown-run' }

/** Names a turn in its operations. */
export interface TurnRef extends RunRef {
  readonly fence: number
  readonly nonce: string
  readonly revision: number
}

/** The turns of a run: at any moment at most one holder decides. Every operation is atomic. */
export interface ITurnStore {
  /**
   * Appends an event to the inbox unless it is known or not current, makes the run due, and hands the turn to a caller who can drive
   * it if nobody holds it or its holder is past the limit. Without a delivery it only asks for the turn. An outcome whose dispatch, or
   * one that it repeats, was claimed by others as well is appended with `hasTwins`.
   */
  deliver(run: RunRef, delivery: Delivery | undefined, turn: TurnRequest | undefined): Promise<DeliverReply>
  /**
   * A turn in one operation, for a caller who knows how the run stands: delivers outcomes, commits what follows from them, and claims what
   * the caller goes on with. Written only if nobody holds the turn, the inbox is empty, the run is not stalled, the revision is the one that
   * was read and was written by the same turn, and each outcome is that of the only attempt of a dispatch that is current. Else it is one
   * `deliver` for each outcome, and the turn, if it is to be had. Sent again after its reply was lost, it answers the stored reply, as
   * `commit` does, and the claims as far as they are still those of their tokens. If the changes put an event into the inbox, the turn goes
   * on under the nonce of the request.
   *
   * A store may always answer `delivered`: it is slower, and as right.
   */
  settle(run: RunRef, settlement: Settlement, turn: TurnRequest): Promise<SettleReply>
  /** Reads under a turn. */
  fetch(turn: TurnRef, request: FetchRequest): Promise<FetchReply>
  /**
   * Writes all changes, or nothing if the turn or the revision is not the one that was read. Sent again after its reply was lost, it
   * answers the stored reply, also after up to three commits of others; its turn only while that goes on from there. Goes on with the turn
   * if `goOn` and more events are there, else ends it.
   */
  commit(turn: TurnRef, changes: TurnChanges, goOn: boolean): Promise<CommitReply>
  /** Ends a turn without a commit. After three failures on one revision the run is stalled with this reason, and tried again later. */
  failTurn(turn: TurnRef, reason: string): Promise<void>
}
