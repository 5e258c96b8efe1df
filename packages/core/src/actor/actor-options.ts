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
  /**
   * How long it is waited at least until a job that nobody has claimed, or a message that was not delivered, is sent once more that was sent
   * again already, in milliseconds, up to 60,000. It is sent again the first time after 5 s, then after this, then after twice as long each
   * time, at most a minute.
   * @default 5000
   */
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

/** The largest values of limits that have one. */
const largest: Readonly<Partial<Record<keyof ActorLimits, number>>> = { resendAfterMs: 60_000 }

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
    const { [name]: most } = largest
    const isNumber = isCount ? Number.isSafeInteger(value) : Number.isFinite(value)
    if (!isNumber || value < least || value > (most ?? Infinity)) {
      const range = `from ${least} ${most === undefined ? 'up' : `to ${most}`}`
      const what = `${isCount ? 'a whole number' : 'a number of milliseconds'} ${range}`
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
