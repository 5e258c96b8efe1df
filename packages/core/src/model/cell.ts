import type { StoredResumption } from './stored-event.ts'

/**
 * The cells of a run: its control state as plain JSON objects by name, the form in which a store keeps it and a snapshot holds it.
 * One settlement touches the cells of its visit, of the loops around it and of the targets of its edges, and no others. A cell that
 * does not exist stands for its pristine form: a pending visit, a loop that was not reached.
 *
 * Names (`cell-names.ts`): `run`, `fallbacks`, `v:<visit>`, `l:<header>@<outside>`, `m:<map>`, `i:<map>/<round>/<block>`,
 * `k:<place>`, `c:<visit>`, `s:<key>`.
 * Statuses and marks are the numbers of `status-codes.ts`; nodes are indexes into the run's graph, which expansions only append to.
 */
export type Cell =
  VisitCell | LoopCell | RunStateCell | FallbacksCell | ItemsCell | ItemStatusCell | UndoCell | CallsCell | SharedCell

/** `v:<node>@<iteration>`: one visit, with its join. Absent counts are 0. */
export interface VisitCell {
  status: number
  /** Marks counted for the visit's join, by kind. */
  taken?: number
  skipped?: number
  failed?: number
  /** Lowest index of a node whose failure cut the visit off. */
  cutOffBy?: number
  /** An attempt was made and another one is due. */
  attempted?: boolean
  /** Status of the fallback visit that runs in its place. */
  fallback?: number
  /** Marks of its outgoing edges by ordinal, one digit each; exits of loops stand in the cell of the loop. */
  marks?: string
}

/** `l:<header>@<outside>`: one activation of a loop, from its first visit to its end, with all iterations. */
export interface LoopCell {
  /** Visits that are ready, running or waiting directly in the loop, plus activations inside that have not ended. */
  live: number
  cutOffBy?: number
  ended?: boolean
  /** The highest iteration whose header was decided. */
  last?: number
  /** Marks of the loop's exit edges by place; of a taken one also the iteration of its source. */
  exits?: Record<string, { mark: number; from?: readonly number[] }>
}

/** `run`: the run as a whole. */
export interface RunStateCell {
  phase: 'created' | 'live' | 'compensating' | 'completed' | 'failed' | 'cancelled'
  failed?: boolean
  /** How many entries there are about visits that would have to be undone. */
  undoable?: number
  /** Where the compensation of the run stands. */
  undoing?: Undoing
  /** As in a {@link LoopCell}, of what lies outside all loops. */
  live: number
  cutOffBy?: number
  ended?: boolean
}

/** `fallbacks`: fallback nodes that ran in place of a failed one, by index. */
export interface FallbacksCell {
  used: number[]
}

/** `m:<map>`: the items of a map visit. */
export interface ItemsCell {
  /** How often the map was opened; a retry opens it again, with fresh items. */
  round: number
  count: number
  /** Absent: no limit. */
  concurrency?: number
  tolerated: number
  next: number
  settled: number
  failed: number
}

/** `i:<map>/<round>/<block>`: statuses of 64 items, one digit each; absent ones are pending. */
export interface ItemStatusCell {
  statuses: string
}

/** Where a run stands that is being compensated: first it awaits what is under way, then it undoes one visit after another. */
export interface Undoing {
  /** How many visits are awaited. */
  readonly awaited: number
  /** Whether it is not known yet which of the visits that are awaited had begun. */
  readonly isRecalling: boolean
  /** What has begun is to be cut off as soon as that is known. */
  readonly isCutShort: boolean
  /** Index of the node whose failure ended the run, or -1. */
  readonly cause: number
  /** Status of the visit that undoes another one; pending as long as none does. */
  readonly status: number
  /** Whether the outcome of the one that is undone is known. */
  readonly isOutcomeKnown: boolean
  /** The run was cancelled since: nothing is waited for any more that does not come by itself. */
  readonly isCancelled?: boolean
  /** The attempt to undo a visit that waits for something which does not come by itself; 0 for what does. */
  readonly endlessAttempt?: number
}

/** `k:<place>`: a visit that would have to be undone, in the order of completion. */
export interface UndoCell {
  node: number
  path: readonly number[]
  item?: number
  insteadOf?: number
  /** Nobody knows what it did. */
  unknown?: true
}

/** `c:<visit>`: the durable calls of a handler that wait, or have waited, by name and occurrence. Steps are recorded elsewhere. */
export interface CallsCell {
  open?: Readonly<Record<string, StoredOpenCall>>
  settled?: Readonly<Record<string, StoredSettledCall>>
  /** Calls in the order in which the handler was answered first, steps too. */
  answered?: readonly string[]
  /** How long the attempt was active before its last suspension, in milliseconds; counted where its time is limited. */
  activeMs?: number
}

/** What a durable call waits for, without its values. */
export interface StoredCallTarget {
  readonly type: 'wait' | 'timer' | 'child'
  readonly name: string
  readonly blueprintId?: string
  readonly timeoutMs?: number
}

/** A durable call that waits. */
export interface StoredOpenCall {
  readonly on: StoredCallTarget
  /** Id of the wait, the timer or the child run. */
  readonly id: string
  /** The attempt of the retry policy that opened it. */
  readonly attempt: number
}

/** A durable call that has waited, and what ended that. */
export interface StoredSettledCall {
  /** Where it stands among the settled calls of its visit, in the order in which they settled. Absent for the first one. */
  readonly place?: number
  readonly on: StoredCallTarget
  readonly resumption: StoredResumption
}

/** `s:<key>`: a shared value as serialised text; its version grows with every write. */
export interface SharedCell {
  version: number
  text: string
}
