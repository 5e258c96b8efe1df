import type { KeyLimit } from '../model/key-limit.ts'
import type { RunJob } from '../model/run-job.ts'
import type { VisitName } from '../model/visit.ts'

/** An attempt that asks for a permit of a key, or has one. */
export interface PermitRequest {
  /** The `concurrencyKey` of the node. Any text. */
  readonly key: string
  /** Names the dispatch: the same for every worker that got its job. */
  readonly id: string
  /** Names the attempt. The same token again answers the same, and counts once. */
  readonly token: string
  /** The limit that the asker knows; the last one that was given is kept. */
  readonly limit: KeyLimit
  /** How long the permit is kept without a sign of life, in milliseconds. */
  readonly leaseMs: number
  /** Brings the dispatch to a worker again once a permit is free for it. Its id is not that of a job that is being handled. */
  readonly job: RunJob
}

/** Who can go on after an operation on the permits of a key, and when somebody must look again. */
export interface PermitChange {
  /** Jobs for the queue, in order: a permit is kept for each for a moment. */
  readonly jobs: readonly RunJob[]
  /** When the next one may go on, in milliseconds since 1970; absent if nobody waits for a time. */
  readonly dueAt?: number
}

/** `taken`: the attempt has its permit. `waiting`: it stands in the queue of the key, and its job comes when it can go on. */
export interface PermitReply extends PermitChange {
  readonly status: 'taken' | 'waiting'
}

/** An attempt that has a permit. */
export interface PermitHolder {
  readonly runId: string
  readonly visit?: VisitName
  /** Since when, in milliseconds since 1970. */
  readonly since: number
}

/** What is known of a key, as `explain` and tests see it. */
export interface PermitState {
  readonly limit: KeyLimit
  /** At most 100 of them, those first whose lease ends first. */
  readonly holders: readonly PermitHolder[]
  readonly held: number
  readonly waiting: number
  /** Since when the dispatch that was asked about waits, in milliseconds since 1970. */
  readonly waitsSince?: number
  /** When the rate lets the next attempt begin, if it holds one up. */
  readonly rateOpensAt?: number
}

/** How long a permit is kept for a job that was woken, in milliseconds; then the next one is woken as well. */
export const permitWakeMs = 2000

/** How often a job is woken that does not come before it is forgotten; the resending of its run brings it again. */
export const maxPermitWakes = 5

/** How many jobs one operation wakes at most; what is left is due at once. */
export const maxPermitsAtOnce = 200

/**
 * Permits to attempt, by key. They are apart from the records of runs (on a cluster: in another slot), so a permit says nothing about a
 * run, and no run depends on one: it is taken before the visit is claimed, and given back after its attempt. Whoever dies in between
 * leaves a permit behind whose lease ends, and a dispatch that its run sends again.
 *
 * First come, first served: who was told to wait is woken in that order, and nobody overtakes those who were woken and are on their way,
 * as long as they come within `permitWakeMs`. Every operation is atomic, and may be sent again if its reply was lost.
 */
export interface IPermits {
  /** Takes a permit, or waits for one. A dispatch that holds one under another token waits for the end of that. */
  takePermit(request: PermitRequest): Promise<PermitReply>
  /**
   * Prolongs the lease. A permit that is not there any more is taken back if the limit of the key allows it.
   *
   * @returns `lost` if others have it
   */
  renewPermit(request: PermitRequest): Promise<'renewed' | 'lost'>
  /** Gives a permit back. @param isUnused nothing was attempted: it does not count towards the rate */
  returnPermit(permit: Pick<PermitRequest, 'key' | 'id' | 'token'>, isUnused: boolean): Promise<PermitChange>
  /** Does what the time brings: ends leases, opens windows of a rate, wakes who can go on. For keys that `takeDue` answers. */
  tendPermits(key: string): Promise<PermitChange>
  /** @param id of a dispatch; @returns `undefined` if nothing is known of the key */
  readPermits(key: string, id: string): Promise<PermitState | undefined>
}
