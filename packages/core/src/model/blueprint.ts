import type { RunPolicy } from './policy.ts'

/**
 * How a node with several incoming edges decides that it may run. It sees only marks (see {@link EdgeMark}).
 *
 * - `'all'` (default): every incoming edge is marked, at least one is taken and none failed (synchronizing merge).
 * - `'any'`: at the first taken edge; later marks are ignored (discriminator).
 * - `{ atLeast: n }`: at the n-th taken edge; later marks are ignored.
 * - `'every'`: when all incoming edges are taken.
 * - `'settled'`: when all incoming edges are marked, whatever the marks.
 */
export type JoinStrategy = 'all' | 'any' | 'every' | 'settled' | { readonly atLeast: number }

/** How long to wait between two attempts. All delays are in milliseconds. */
export interface BackoffPolicy {
  /** `fixed` waits `delayMs` each time; `exponential` multiplies it by `factor` after each attempt. */
  readonly type: 'fixed' | 'exponential'
  /** Delay before the second attempt, in milliseconds. */
  readonly delayMs: number
  /**
   * Upper bound of one delay, in milliseconds.
   * @default 86_400_000 (24 hours)
   */
  readonly maxDelayMs?: number
  /**
   * Multiplier of an exponential backoff.
   * @default 2
   */
  readonly factor?: number
  /**
   * Share of the delay that is random, 0 to 1: a delay of 100 ms with jitter 0.5 lies between 50 and 100 ms.
   * @default 0
   */
  readonly jitter?: number
}

/** When and how often a failed attempt is tried again. */
export interface RetryPolicy {
  /** All attempts, the first one included: 1 means no retry. */
  readonly maxAttempts: number
  /** Wait between attempts. Without it the next attempt follows at once. */
  readonly backoff?: BackoffPolicy
  /** Retry only errors whose `code` or `name` is listed. Without it every error that is not marked `retryable: false`. */
  readonly retryOn?: readonly string[]
}

/** Settings of one node that the engine reads. */
export interface NodeConfig {
  /** @default 'all' */
  readonly joinStrategy?: JoinStrategy
  /** @default one attempt */
  readonly retry?: RetryPolicy
  /**
   * Limit of one attempt, in milliseconds of active time. The attempt fails with `NODE_TIMEOUT` even if the handler ignores its signal. Of a
   * map it bounds the reading of the items, and each item; what a node waits for (a wait, a sleep, a child run, items) is not bounded.
   */
  readonly timeoutMs?: number
  /** Id of a node without edges that runs in this node's place after its last attempt failed. */
  readonly fallback?: string
  /** Registry name of the handler that undoes this node under `onFailure: 'compensate'`. */
  readonly compensate?: string
  /** Ids of nodes whose live visits are cancelled when this node completes. */
  readonly cancels?: readonly string[]
  /**
   * On the header of a loop: how many iterations one activation of the loop may have.
   * @default 1000
   */
  readonly maxIterations?: number
  /**
   * Attempts of all nodes that share this text are limited together, across runs, by what the option `keyLimits` of the runtime or the workers
   * says for it: how many are under way at once, how many begin in a time. Without a limit for it they are not limited.
   */
  readonly concurrencyKey?: string
  /**
   * Name of the pool of workers that attempt this node, where the job queue serves several: `serves` of `bullmqJobQueue`. With other queues,
   * and in one process, it has no effect.
   */
  readonly queue?: string
  /** Of jobs that wait in the queue, those with a smaller number are taken first. A run in this process has no queue. @default 0 */
  readonly priority?: number
}

/** CEL source text (https://cel.dev): evaluated by the `IEvaluator` port over `result`, `action`, `input`, `context`, `deps`. */
export type Expression = string

/** One node of a blueprint. */
export interface NodeDefinition {
  /** Unique within the blueprint; matches `[A-Za-z0-9_.-]{1,128}`. */
  readonly id: string
  /** Name of an implementation in the registry, or a built-in kind: `map`, `subflow`, `wait`, `sleep`, `webhook`. */
  readonly uses: string
  /** Handed to the handler as `ctx.params`; for a built-in kind its settings. */
  readonly params?: Readonly<Record<string, unknown>>
  /** The node's input: one expression, or a record of expressions. Without it see the docs on inputs. */
  readonly inputs?: Expression | Readonly<Record<string, Expression>>
  readonly config?: NodeConfig
}

/** One edge of a blueprint. Parallel edges are allowed; an edge's key is `source>target#ordinal`. */
export interface EdgeDefinition {
  readonly source: string
  readonly target: string
  /** Taken only if the source's result has this action. */
  readonly action?: string
  /** Taken only if this expression over the source's result is true. */
  readonly condition?: Expression
  /**
   * `'error'`: taken when the source failed after its last attempt, with the error as data; the failure is then handled.
   * @default 'success'
   */
  readonly on?: 'success' | 'error'
  /** What the target receives instead of the source's output. */
  readonly transform?: Expression
}

/**
 * The serialisable definition of a workflow: plain JSON, no functions. It can be stored, sent, compared and drawn.
 * Its definition hash pins a run to it.
 */
export interface WorkflowBlueprint {
  readonly id: string
  /** Part of the definition hash: raise it when handler code changes in a way that runs must be pinned to. */
  readonly version?: string
  /** Start nodes. Without it, every node that has no incoming edge (fallback nodes apart). */
  readonly start?: readonly string[]
  readonly nodes: readonly NodeDefinition[]
  readonly edges: readonly EdgeDefinition[]
  readonly policy?: RunPolicy
  /** Free for the user; not part of the definition hash. */
  readonly metadata?: Readonly<Record<string, unknown>>
}
