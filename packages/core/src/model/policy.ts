/**
 * What an unhandled failure does to the rest of its run.
 *
 * - `'stop'`: running attempts are aborted, nothing more starts, the run ends `failed`.
 * - `'continue'`: other branches go on; the run ends `failed` with all partial outputs.
 * - `'compensate'`: like `'stop'`, then completed visits are undone in reverse order.
 */
export type FailurePolicy = 'stop' | 'continue' | 'compensate'

/** Name of the function that merges a write into a shared value (see `reducers`). */
export type ReducerName = 'set' | 'append' | 'merge' | 'union' | 'sum' | 'max' | 'min'

/** Declares one key of a run's shared values. */
export interface ContextKey {
  /** @default 'set' (the last commit wins) */
  readonly reducer?: ReducerName
  /** The value before the first write. */
  readonly initial?: unknown
}

/** Settings of a run that are part of its definition. */
export interface RunPolicy {
  /** @default 'stop' */
  readonly onFailure?: FailurePolicy
  /** Limit of the whole run in milliseconds from its start; past it the run ends `failed` with `RUN_DEADLINE`. */
  readonly deadlineMs?: number
  /** Id of the node whose output is the output of the run. Without it: the only terminal node's, else a record by terminal node id. */
  readonly output?: string
  /** Declared shared values by key. */
  readonly context?: Readonly<Record<string, ContextKey>>
}
