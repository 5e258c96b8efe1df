import { HeddleError } from '../errors/heddle-error.ts'
import type { RunJob } from '../model/run-job.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { ILogger } from '../ports/logger.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { Definitions } from './definitions.ts'
import type { EventFeed } from './event-feed.ts'

/** Times and limits of the protocol. */
export interface ActorLimits {
  /** How long an attempt may go without a sign of life, in milliseconds; renewed at a third. @default 8000 */
  readonly leaseMs: number
  /** How long one turn may last between two commits, in milliseconds. @default 5000 */
  readonly turnMs: number
  /** Commits after which a holder hands a turn over. @default 64 */
  readonly maxCommits: number
  /** Attempts of a visit that may be lost to crashes before it fails with `ATTEMPT_LOST`. @default 5 */
  readonly maxLostAttempts: number
  /** After how long an unclaimed job is sent again, in milliseconds; doubled each time. @default 5000 */
  readonly resendAfterMs: number
}

/** The limits that hold where none are given. */
export const defaultLimits: ActorLimits = {
  leaseMs: 8000,
  turnMs: 5000,
  maxCommits: 64,
  maxLostAttempts: 5,
  resendAfterMs: 5000,
}

/** Limits that count something; the others are times. */
const counts: ReadonlySet<string> = new Set(['maxCommits', 'maxLostAttempts'])

/**
 * The limits that were given, and the defaults of the others.
 *
 * @param given may hold more than these
 * @throws HeddleError `INVALID_OPTION` for one that cannot be meant
 */
export function resolveActorLimits(given: Partial<ActorLimits> = {}): ActorLimits {
  const limits: Record<string, number> = {}
  for (const [name, standard] of Object.entries(defaultLimits) as [keyof ActorLimits, number][]) {
    const value = given[name] ?? standard
    const isCount = counts.has(name)
    const least = name === 'maxLostAttempts' ? 0 : 1
    if (!(isCount ? Number.isSafeInteger(value) : Number.isFinite(value)) || value < least) {
      const what = isCount ? `a whole number from ${least} up` : `a number of milliseconds from ${least} up`
      const option = `limits.${name}`
      throw new HeddleError('INVALID_OPTION', `${option} must be ${what}, and is ${value}`, {
        details: { option, given: value },
      })
    }
    limits[name] = value
  }
  return limits as unknown as ActorLimits
}

/** What an actor is made of. */
export interface ActorOptions {
  readonly store: ICoordinationStore
  readonly definitions: Definitions
  readonly clock: IClock
  readonly logger: ILogger
  readonly limits: ActorLimits
  /** Whether a job is followed by a visit that it made ready, without the queue. @default false */
  readonly continues?: boolean
  /** Limits of the attempts that share a key; of a key that is not named here attempts are not limited. */
  readonly keyLimits?: KeyLimits
  /** Puts jobs into the queue. */
  readonly enqueue: (jobs: readonly RunJob[]) => Promise<void>
  /** Entries were added to a run's journal here. */
  readonly onJournal?: (run: RunRef) => void
  /** A run was changed here; `dueAt` is when somebody has to look at it next, in milliseconds since 1970. */
  readonly onChange?: (run: RunRef, dueAt: number | undefined) => void
  /** Something besides a run is due at this time, in milliseconds since 1970. */
  readonly onDue?: (dueAt: number) => void
  /** Tells listeners in this process what was journalled. */
  readonly feed?: EventFeed | undefined
}
