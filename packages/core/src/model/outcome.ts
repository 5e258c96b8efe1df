import type { HeddleError } from '../errors/heddle-error.ts'
import type { EdgeDefinition, NodeDefinition } from './blueprint.ts'

/** One write to the run's shared values, buffered in the attempt and committed with its outcome. */
export interface ContextWrite {
  readonly key: string
  readonly value: unknown
  /** The value takes the place of the current one, whatever the key's reducer. */
  readonly replace?: boolean
}

/** Nodes and edges that a handler adds to its run (see the docs on dynamic expansion). */
export interface Expansion {
  readonly nodes: readonly NodeDefinition[]
  readonly edges: readonly EdgeDefinition[]
}

/** What ends by itself or from outside: what one node of a built-in kind, or one durable call of a handler, waits for. */
export type SingleSuspension =
  | {
      readonly type: 'wait'
      readonly name: string
      readonly schema?: unknown
      readonly timeoutMs?: number
      readonly timeoutAction?: string
      /** Of a webhook: the SHA-256 of its token. */
      readonly tokenHash?: string
    }
  | { readonly type: 'timer'; readonly name: string; readonly delayMs: number }
  | {
      readonly type: 'child'
      readonly name: string
      readonly blueprintId: string
      readonly input: unknown
      /** Of an `invoke`: after how long the child is cancelled. */
      readonly timeoutMs?: number
    }

/** A durable call of a handler that waits. */
export interface WaitingCall {
  /** Name and occurrence of the call within its visit: `name`, `name#1`, `name#2`, … */
  readonly call: string
  readonly on: SingleSuspension
}

/** What a suspended visit waits for. Times are milliseconds. */
export type Suspension =
  | SingleSuspension
  | {
      readonly type: 'calls'
      /** All calls that the handler waits for, those that were opened before too. The first one that settles sends the visit on. */
      readonly calls: readonly WaitingCall[]
      /** Calls that the handler was answered since it was suspended before, in this order. */
      readonly answered?: readonly string[]
      /** How long the attempt was active so far, where its time is limited. */
      readonly activeMs?: number
    }
  | {
      readonly type: 'items'
      readonly items: readonly unknown[]
      readonly concurrency?: number
      readonly tolerated?: ToleratedFailures
    }

/** How many items of a map may fail before the map fails: by count, by share (0 to 1), or either. */
export interface ToleratedFailures {
  readonly count?: number
  readonly share?: number
}

/** What ended a suspension; handed to the attempt that goes on after it. */
export type Resumption =
  /** `unchecked`: no schema has seen the payload yet. */
  | { readonly type: 'answered'; readonly payload: unknown; readonly action?: string; readonly unchecked?: true }
  | { readonly type: 'timed-out' }
  | { readonly type: 'fired' }
  | { readonly type: 'child-completed'; readonly output: unknown }
  | { readonly type: 'child-failed'; readonly error: HeddleError }
  /** The error is that of the visit itself: no child run was started, or it was cancelled because it took too long. */
  | { readonly type: 'child-refused'; readonly error: HeddleError }
  /** One of the durable calls that the handler waits for has settled; what it came to is recorded. */
  | { readonly type: 'calls-settled' }
  | { readonly type: 'items-settled'; readonly tolerated: boolean; readonly failedItems: number }

/**
 * The result of one attempt of a visit. `conditions` and `transformed` follow the order of the node's outgoing edges and are
 * evaluated by the attempt, so that the kernel needs no evaluator.
 */
export type Outcome = CompletedOutcome | FailedOutcome | SkippedOutcome | SuspendedOutcome

/** The handler returned. */
export interface CompletedOutcome {
  readonly status: 'completed'
  readonly output: unknown
  readonly action?: string | undefined
  /** By ordinal of the outgoing edge; `undefined` where an edge has no condition. */
  readonly conditions?: readonly (boolean | undefined)[] | undefined
  /** By ordinal of the outgoing edge: what its target receives instead of the output. */
  readonly transformed?: ReadonlyMap<number, unknown> | undefined
  readonly writes?: readonly ContextWrite[] | undefined
  /** Versions of the shared keys that the attempt updated; one that has moved on at commit means that the attempt never happened. */
  readonly reads?: ReadonlyMap<string, number> | undefined
  readonly expansion?: Expansion | undefined
  /** The node's input, if it will be needed to undo the visit. */
  readonly input?: unknown
}

/** The attempt failed. `conditions` and `transformed` are those of the error edges. */
export interface FailedOutcome {
  readonly status: 'failed'
  readonly error: HeddleError
  readonly conditions?: readonly (boolean | undefined)[] | undefined
  readonly transformed?: ReadonlyMap<number, unknown> | undefined
}

/** The node's `when` said no. */
export interface SkippedOutcome {
  readonly status: 'skipped'
}

/** The visit waits for something; a later attempt goes on. */
export interface SuspendedOutcome {
  readonly status: 'suspended'
  readonly on: Suspension
}
