import type { RunJob } from '../model/run-job.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { RunRef } from './run-records.ts'

/** An answer to a wait. */
export interface WaitAnswer {
  /** The wait's id as the run itself lists it, or its name if only one of that name is open. */
  readonly nameOrId: string
  /** Random: the same answer sent again is accepted again, and changes nothing. */
  readonly answerId: string
  /** Serialised payload. */
  readonly payload: string
  readonly action?: string
}

/** What became of an answer. `ambiguous` lists the ids of the open waits of that name. */
export type AnswerReply =
  | { readonly status: 'accepted'; readonly job: RunJob }
  | { readonly status: 'unknown-run' | 'not-open' | 'answered' | 'expired' }
  | { readonly status: 'ambiguous'; readonly waitIds: readonly string[] }

/** What became of a cancel. `tombstone`: the run is not known; if it is started later, it is not. */
export type CancelReply =
  { readonly status: 'accepted'; readonly job: RunJob } | { readonly status: 'ended' | 'unknown-run' | 'tombstone' }

/** Limits that tending a run applies. */
export interface TendOptions {
  /** Attempts of a visit that may be lost before it fails with `ATTEMPT_LOST`. */
  readonly maxLostAttempts: number
  /**
   * The shortest time until an unclaimed job, or a message, that is sent again by this is sent once more, in milliseconds: that is twice as
   * long as the last time, at least so long and at most 60 s. The first time is 5 s, 2 s for a visit that was dispatched again.
   */
  readonly resendAfterMs: number
}

/** What a run needs after it was tended. */
export interface TendReply extends RunRef {
  readonly definitionHash: string
  readonly jobs: readonly RunJob[]
  readonly messages: readonly RunMessage[]
  /** Whether events wait for a turn that nobody holds. */
  readonly needsTurn: boolean
}

/** Waits, timers and leases of runs: what must happen at a time. Every operation is atomic and may be sent again. */
export interface IWaitsAndTimers {
  /**
   * Answers an open wait: one compare-and-set together with the event in the inbox. The store's clock decides: an answer that comes
   * after the deadline of the wait, or of its run, is too late, also while nobody has tended the run since.
   */
  answerWait(runId: string, answer: WaitAnswer): Promise<AnswerReply>
  /** Asks a run to end. @param leaveTombstone whether an unknown run shall be refused when it is started later */
  cancel(runId: string, reason: string | undefined, leaveTombstone: boolean): Promise<CancelReply>
  /**
   * Does what the run's records say is due, by the store's clock: fires timers, expires waits and the deadline, gives attempts whose
   * lease has ended a new dispatch, ends a turn past its limit, and answers unclaimed jobs and undelivered messages to send again.
   *
   * @returns `undefined` if there is no such run
   */
  tend(runId: string, options: TendOptions): Promise<TendReply | undefined>
}
