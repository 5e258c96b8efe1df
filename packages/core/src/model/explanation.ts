import type { JoinStrategy } from './blueprint.ts'
import type { ErrorData } from './error-data.ts'
import type { KeyLimit } from './key-limit.ts'
import type { RunStatus } from './run-status.ts'
import type { VisitName, VisitStatus } from './visit.ts'

/** An incoming edge of a join that has no mark yet. */
export interface UnmarkedEdge {
  /** `source>target#ordinal`. */
  readonly edge: string
  /** The node that the edge comes from. */
  readonly source: string
  /**
   * What that node's visit is doing. `looping`: the edge leaves a loop that has not ended, and so gets its mark when it is taken or the
   * loop ends.
   */
  readonly sourceStatus: VisitStatus | 'looping'
}

/** Fields of a reason that tells of one visit. */
type VisitReason<T extends string, F = unknown> = { readonly type: T } & VisitName & F

/** In reasons about a durable call of a handler: its name and occurrence within the visit. Absent where the node itself waits. */
interface CallField {
  readonly call?: string
}

interface AttemptFields {
  /** Number of the attempt, from 1. */
  readonly attempt: number
  /** How many attempts the node's retry policy allows. */
  readonly maxAttempts: number
}

/** A durable step of a handler whose function runs. */
export interface RunningStep {
  /** Its name and occurrence. */
  readonly call: string
  /** In milliseconds since 1970. */
  readonly since: number
}

/**
 * One reason why a run does not move, before it was put into words. Moments are milliseconds since 1970.
 *
 * - `running`: an attempt is under way. `since` is absent if its handler has not been waited for, as one that blocks its process. `steps`
 *   are those of its durable steps whose functions run in this process.
 * - `ready`: an attempt may begin, and whoever drives the run has not begun it: all slots are taken, or the run is stepped through.
 * - `permit`: an attempt may begin, and waits for a permit of its node's `concurrencyKey`, whose limit is used up. `holders` names those who
 *   have one (at most 100), `rateOpensAt` when the rate lets the next one begin.
 * - `backoff`: the last attempt failed, and the next one is due at a time.
 * - `wait`, `timer`, `child`, `items`: the visit is suspended. `items` counts those of a map.
 * - `join`: the node has got a mark, and its strategy does not say yet what becomes of it.
 * - `unclaimed`: the store has an attempt to make, or the run's beginning to decide (then without `visit`), and no worker that has the
 *   definition has taken it. `undecided`: the same of events that were delivered to the run.
 * - `not-begun`: the parts of a run were made, and no orchestrator was run with them.
 * - `stalled`: the kernel threw at each of the last turns of a run in a store. `broken`: its journal cannot be written any more.
 * - `ended`: the run is over.
 */
export type PlainReason =
  | VisitReason<'running', AttemptFields & { readonly since?: number; readonly steps?: readonly RunningStep[] }>
  | VisitReason<'ready', AttemptFields>
  | VisitReason<
      'permit',
      AttemptFields & {
        readonly key: string
        readonly limit: KeyLimit
        readonly since: number
        readonly holders: readonly { readonly runId: string; readonly visit?: VisitName; readonly since: number }[]
        /** How many permits are held in all. */
        readonly held: number
        readonly rateOpensAt?: number
      }
    >
  | VisitReason<'backoff', AttemptFields & { readonly due: number; readonly error?: ErrorData }>
  | VisitReason<
      'wait',
      CallField & {
        readonly waitId: string
        readonly name: string
        readonly since?: number
        readonly deadline?: number
      }
    >
  | VisitReason<'timer', CallField & { readonly name: string; readonly due: number }>
  | VisitReason<'child', CallField & { readonly childRunId: string; readonly explanation: Explanation }>
  | VisitReason<'items', { readonly count: number; readonly settled: number; readonly failed: number }>
  | VisitReason<'join', { readonly strategy: JoinStrategy; readonly edges: readonly UnmarkedEdge[] }>
  | {
      readonly type: 'unclaimed'
      readonly definitionHash: string
      readonly since: number
      readonly visit?: VisitName
      readonly attempt?: number
    }
  | { readonly type: 'undecided'; readonly definitionHash: string; readonly count: number }
  | { readonly type: 'not-begun' }
  | { readonly type: 'stalled'; readonly by: string }
  | { readonly type: 'broken'; readonly error: ErrorData }
  | {
      readonly type: 'ended'
      readonly status: 'completed' | 'failed' | 'cancelled'
      readonly at?: number
      readonly error?: ErrorData
    }

/** One reason why a run does not move: as data, and as a sentence. */
export type ExplanationReason = PlainReason & { readonly sentence: string }

/** Why a run does not move, or what it is doing. */
export interface Explanation {
  readonly runId: string
  readonly status: RunStatus | 'running'
  /** The whole in one sentence: the first reason, and how many there are beside it. */
  readonly summary: string
  /** What something must be done about comes first, and what follows from other reasons, the joins, last. */
  readonly reasons: readonly ExplanationReason[]
}
