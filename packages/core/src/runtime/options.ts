import type { Middleware } from '../execution/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { IClock } from '../ports/clock.ts'
import type { IEvaluator } from '../ports/evaluator.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { ILogger } from '../ports/logger.ts'
import type { Registry } from '../ports/node-context.ts'
import type { ISerializer } from '../ports/serializer.ts'
import type { Workflow } from '../ports/workflow.ts'

/** What a runtime is made of. Every port has a default. */
export interface FlowRuntimeOptions {
  /** Handlers by the names that hand-written blueprints use. */
  readonly registry?: Registry
  /** Workflows, or bare blueprints, that subflow nodes may name, by id. */
  readonly blueprints?: Readonly<Record<string, WorkflowBlueprint | Workflow>>
  /** Handed to every handler as `ctx.dependencies`. */
  readonly dependencies?: unknown
  /** Runs around each attempt, the first one outermost. */
  readonly middleware?: readonly Middleware[]
  /** @default EventBus (eventemitter3, in this process) */
  readonly eventBus?: IEventBus
  /** @default SuperjsonSerializer */
  readonly serializer?: ISerializer
  /** @default CelEvaluator */
  readonly evaluator?: IEvaluator
  /** @default silentLogger */
  readonly logger?: ILogger
  /** @default systemClock */
  readonly clock?: IClock
  /** Randomness for the jitter of retries, 0 to 1. @default Math.random */
  readonly random?: () => number
}

/** Settings of one run. */
export interface RunOptions {
  /** @default a new id */
  readonly runId?: string
  /** How many attempts may run at once. @default Infinity */
  readonly concurrency?: number
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal
  /** Limit of the run in milliseconds from its start. @default the blueprint's policy */
  readonly deadlineMs?: number
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
  /** Keeps the list of the run's events in memory. @default false */
  readonly journal?: boolean
  /**
   * Goes on with a run from the text that `RunHandle.snapshot()` gave: the run id, the input, the shared values and `onFailure` are
   * those of the snapshot. Attempts that were under way are made again.
   */
  readonly snapshot?: string
  /** Shared values before the first node runs. */
  readonly context?: Readonly<Record<string, unknown>>
}
