import type { ErrorData } from './error-data.ts'
import type { EdgeMark } from './mark.ts'
import type { Expansion, Suspension } from './outcome.ts'
import type { FailurePolicy } from './policy.ts'
import type { SkipReason, VisitName } from './visit.ts'

/** Fields of an event that tells of one visit. */
export type VisitEvent<T extends string, F = unknown> = { readonly type: T } & VisitName & F

/** Fields of an event that tells of the run. */
export type PlainEvent<T extends string, F = unknown> = { readonly type: T } & F

/** What a run is given beside its definition. */
interface StartFields {
  readonly input: unknown
  readonly onFailure?: FailurePolicy
  /** Limit of the run in milliseconds. */
  readonly deadlineMs?: number
  /** Shared values that the run was given. */
  readonly context?: Readonly<Record<string, unknown>>
  /** The run that this one is a child of. */
  readonly parentRunId?: string
  /** How deep the run is nested in others; absent for 0. */
  readonly depth?: number
  /** What the run is found by in a list. */
  readonly tags?: readonly string[]
}

/** How a run went over to another definition. The hashes are those of the definitions. */
interface MigrationFields {
  readonly from: string
  readonly to: string
  /** The run as it is from here on. */
  readonly data: unknown
  /** New id by old id, of nodes that were renamed. */
  readonly map?: Readonly<Record<string, string>>
  /** The visits that were live after it. */
  readonly live?: readonly VisitName[]
  /** The events, by `seq`, of which nothing was left by it. */
  readonly leftBehind?: readonly number[]
}

/** Where a fork has left another run, and what it has instead. */
interface ForkFields {
  readonly fromRunId: string
  readonly fromSeq: number
  /** The run as it is from here on. */
  readonly data: unknown
  /** Shared values that it has instead, by key. */
  readonly context?: Readonly<Record<string, unknown>>
  /** Outputs that it has instead, by node id. */
  readonly outputs?: Readonly<Record<string, unknown>>
}

/** What the edges of a settled visit asked, by ordinal of the outgoing edge; where an edge asks nothing, nothing stands. */
interface RoutingFields {
  readonly conditions?: readonly (boolean | null | undefined)[]
  readonly transformed?: ReadonlyMap<number, unknown>
}

/** In facts about a durable call of a handler: its name and occurrence within the visit. Absent where the node itself waits. */
interface CallField {
  readonly call?: string
}

/** A durable call that is recorded as it is made. */
interface RecordedCall {
  /** Name and occurrence of the call. */
  readonly call: string
  /**
   * The calls that the handler was answered before it, in order, without those that were told with an earlier one. Told where that is not the
   * order of the events: what has settled besides was not answered yet.
   */
  readonly answered?: readonly string[]
}

interface WaitFields extends CallField {
  readonly waitId: string
  readonly name: string
}

/**
 * One fact of a run, before it got its place in the journal.
 *
 * An `edge.*` event carries the edge's key, and in `iteration` and `sourceIteration` the counters of the target's and the source's
 * visit. Values are those of this process; what stores a journal serialises them.
 */
export type RunFact =
  | PlainEvent<'run.started', { readonly workflowId: string; readonly definitionHash: string } & StartFields>
  | PlainEvent<'run.completed', { readonly output: unknown }>
  | PlainEvent<'run.failed', { readonly error: ErrorData }>
  | PlainEvent<'run.cancelled', { readonly reason?: string }>
  /** The run has failed with this error, and is being compensated before it ends. */
  | PlainEvent<'run.compensating', { readonly error: ErrorData }>
  | PlainEvent<'run.awaiting', { readonly waits: readonly string[] }>
  | PlainEvent<'run.resumed'>
  | PlainEvent<'run.migrated', MigrationFields>
  | PlainEvent<'run.forked', ForkFields>
  | VisitEvent<'node.ready', { readonly attempt: number; readonly delayMs?: number; readonly lost?: number }>
  | VisitEvent<'node.started', { readonly attempt: number }>
  /** `input` only where it is needed in case the visit has to be undone. */
  | VisitEvent<
      'node.completed',
      { readonly output: unknown; readonly action?: string; readonly input?: unknown } & RoutingFields
    >
  | VisitEvent<
      'node.failed',
      { readonly error: ErrorData; readonly attempt: number; readonly handledBy?: string } & RoutingFields
    >
  | VisitEvent<'node.retrying', { readonly error: ErrorData; readonly attempt: number; readonly delayMs: number }>
  | VisitEvent<'node.skipped', { readonly reason: SkipReason }>
  | VisitEvent<'node.suspended', { readonly waitsFor: Suspension['type']; readonly on?: Suspension }>
  | VisitEvent<'node.cancelled'>
  | VisitEvent<'node.progress', { readonly fraction: number; readonly message?: string }>
  | VisitEvent<'node.chunk', { readonly chunk: unknown }>
  | PlainEvent<
      `edge.${EdgeMark}`,
      { readonly edge: string; readonly iteration: readonly number[]; readonly sourceIteration: readonly number[] }
    >
  | VisitEvent<'context.changed', { readonly key: string; readonly value: unknown; readonly replace?: boolean }>
  | VisitEvent<'step.recorded', RecordedCall & { readonly output?: unknown; readonly error?: ErrorData }>
  | VisitEvent<'event.emitted', RecordedCall & { readonly event: string; readonly payload: unknown }>
  | VisitEvent<'wait.opened', WaitFields & { readonly deadline?: number }>
  | VisitEvent<
      'wait.answered',
      WaitFields & { readonly payload: unknown; readonly action?: string; readonly unchecked?: true }
    >
  | VisitEvent<'wait.expired', WaitFields>
  | VisitEvent<'wait.cancelled', WaitFields>
  | VisitEvent<'timer.set', CallField & { readonly name: string; readonly delayMs: number }>
  | VisitEvent<'timer.fired', CallField & { readonly name: string }>
  /** A sleep was cut off. The delay before another attempt is no timer of its own: `node.retrying` tells of it. */
  | VisitEvent<'timer.cancelled', CallField & { readonly name: string }>
  | VisitEvent<'map.opened', { readonly count: number }>
  | VisitEvent<'map.item', { readonly status: 'completed' | 'failed' | 'cancelled' }>
  | VisitEvent<
      'child.started',
      CallField & {
        readonly childRunId: string
        readonly blueprintId: string
        /** Of an `invoke` with a timeout: when the child is cancelled, in milliseconds since 1970. */
        readonly deadline?: number
      }
    >
  | VisitEvent<
      'child.settled',
      CallField & {
        readonly childRunId: string
        readonly status: 'completed' | 'failed' | 'cancelled'
        readonly output?: unknown
        readonly error?: ErrorData
      }
    >
  /** An attempt to undo a visit began; likewise the following ones are named after the visit that is undone. */
  | VisitEvent<'compensation.started', { readonly attempt: number; readonly isOutcomeKnown: boolean }>
  | VisitEvent<'compensation.completed'>
  | VisitEvent<
      'compensation.retrying',
      { readonly error: ErrorData; readonly attempt: number; readonly delayMs: number }
    >
  | VisitEvent<'compensation.failed', { readonly error: ErrorData; readonly attempt: number }>
  | VisitEvent<'graph.expanded', { readonly expansion: Expansion }>
  | VisitEvent<'outcome.rejected', { readonly reason: string }>
  | PlainEvent<
      'warning',
      {
        readonly code: WarningCode
        readonly message: string
        readonly nodeId?: string
        readonly iteration?: readonly number[]
      }
    >

/** Codes of the warnings that a run can give. */
export type WarningCode =
  'UNROUTED_ACTION' | 'EXIT_RETAKEN' | 'UNKNOWN_FIELD' | 'OUTPUT_LEFT_OUT' | 'CANCELLED_TOO_LATE'

/**
 * One entry of a run's journal: a fact with its place. `seq` counts from 1 without a gap; `at` is epoch milliseconds by the clock of
 * whoever wrote it. Folding the list in order rebuilds the run at any `seq`.
 */
export type RunEvent = RunFact & { readonly seq: number; readonly at: number; readonly runId: string }

/** The names of all facts. */
export type RunEventType = RunFact['type']
