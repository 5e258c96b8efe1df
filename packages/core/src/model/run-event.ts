import type { ErrorData } from './error-data.ts'
import type { EdgeMark } from './mark.ts'
import type { Expansion } from './outcome.ts'
import type { SkipReason, VisitName } from './visit.ts'

/** Fields of an event that tells of one visit. */
export type VisitEvent<T extends string, F = unknown> = { readonly type: T } & VisitName & F

/** Fields of an event that tells of the run. */
export type PlainEvent<T extends string, F = unknown> = { readonly type: T } & F

/**
 * One fact of a run, before it got its place in the journal.
 *
 * An `edge.*` event carries the edge's key, and in `iteration` and `sourceIteration` the counters of the target's and the source's
 * visit. Values are those of this process; what stores a journal serialises them.
 */
export type RunFact =
  | PlainEvent<'run.started', { readonly workflowId: string; readonly definitionHash: string; readonly input: unknown }>
  | PlainEvent<'run.completed', { readonly output: unknown }>
  | PlainEvent<'run.failed', { readonly error: ErrorData }>
  | PlainEvent<'run.cancelled', { readonly reason?: string }>
  | PlainEvent<'run.awaiting', { readonly waits: readonly string[] }>
  | PlainEvent<'run.resumed'>
  | VisitEvent<'node.ready', { readonly attempt: number; readonly delayMs?: number }>
  | VisitEvent<'node.started', { readonly attempt: number }>
  | VisitEvent<
      'node.completed',
      { readonly output: unknown; readonly action?: string; readonly transformed?: ReadonlyMap<number, unknown> }
    >
  | VisitEvent<'node.failed', { readonly error: ErrorData; readonly attempt: number; readonly handledBy?: string }>
  | VisitEvent<'node.retrying', { readonly error: ErrorData; readonly attempt: number; readonly delayMs: number }>
  | VisitEvent<'node.skipped', { readonly reason: SkipReason }>
  | VisitEvent<'node.suspended', { readonly waitsFor: 'wait' | 'timer' | 'child' | 'items' }>
  | VisitEvent<'node.cancelled'>
  | VisitEvent<'node.progress', { readonly fraction: number; readonly message?: string }>
  | VisitEvent<'node.chunk', { readonly chunk: unknown }>
  | PlainEvent<
      `edge.${EdgeMark}`,
      { readonly edge: string; readonly iteration: readonly number[]; readonly sourceIteration: readonly number[] }
    >
  | VisitEvent<'context.changed', { readonly key: string; readonly value: unknown; readonly replace?: boolean }>
  | VisitEvent<'wait.opened', { readonly waitId: string; readonly name: string; readonly deadline?: number }>
  | VisitEvent<
      'wait.answered',
      { readonly waitId: string; readonly name: string; readonly payload: unknown; readonly action?: string }
    >
  | VisitEvent<'wait.expired', { readonly waitId: string; readonly name: string }>
  | VisitEvent<'wait.cancelled', { readonly waitId: string; readonly name: string }>
  | VisitEvent<'timer.set', { readonly name: string; readonly delayMs: number }>
  | VisitEvent<'timer.fired', { readonly name: string }>
  | VisitEvent<'map.opened', { readonly count: number }>
  | VisitEvent<'map.item', { readonly status: 'completed' | 'failed' | 'cancelled' }>
  | VisitEvent<'child.started', { readonly childRunId: string; readonly blueprintId: string }>
  | VisitEvent<'child.settled', { readonly childRunId: string; readonly status: 'completed' | 'failed' | 'cancelled' }>
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
export type WarningCode = 'UNROUTED_ACTION' | 'EXIT_RETAKEN' | 'UNKNOWN_FIELD'

/**
 * One entry of a run's journal: a fact with its place. `seq` counts from 1 without a gap; `at` is epoch milliseconds by the clock of
 * whoever wrote it. Folding the list in order rebuilds the run at any `seq`.
 */
export type RunEvent = RunFact & { readonly seq: number; readonly at: number; readonly runId: string }

/** The names of all facts. */
export type RunEventType = RunFact['type']
