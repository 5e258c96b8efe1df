import type { RunLimits } from './limits.ts'
import type { Migration } from './migration.ts'
import type { Middleware } from '../execution/engine/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { KeyLimits } from '../model/key-limit.ts'
import type { FailurePolicy } from '../model/policy.ts'
import type { IBlobStore } from '../ports/blob-store.ts'
import type { IClock } from '../ports/clock.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { IEvaluator } from '../ports/evaluator.ts'
import type { IEventBus } from '../ports/event-bus.ts'
import type { IJobQueue } from '../ports/job-queue.ts'
import type { IJournalStore } from '../ports/journal-store.ts'
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
  /**
   * Records of runs. With it the runtime carries out no run by itself: it starts runs in the store and follows them, and workers of the
   * same store and queue carry them out, on any machine (`createWorker`). Needs `queue`.
   *
   * A journal store (`FileStore`, `memoryJournalStore`) makes the runs of this process durable instead: the runtime carries them out
   * and keeps their journals, so that any later process goes on with them.
   */
  readonly store?: ICoordinationStore | IJournalStore
  /** Wakes the workers of the store's runs. */
  readonly queue?: IJobQueue
  /**
   * Keeps values that are larger than `limits.maxInlineBytes`, so that the store stays small. Needs `store`. Everything that reads these
   * runs needs the same blob store.
   */
  readonly blobs?: IBlobStore
  /**
   * With a journal store: whether the journals of runs are kept whole. With `false`, a snapshot of a run that is saved takes the place of
   * the entries before it: so the journal of a run that goes on for ever stays small. What was before can no longer be looked at, forked,
   * exported or migrated. Takes effect when the next snapshot is saved.
   * @default true
   */
  readonly keepHistory?: boolean
  /**
   * With a journal store: after how many events of a run a snapshot of it is saved, at the earliest, so that it is rebuilt from there. The
   * larger a run is, the later.
   * @default 5000
   */
  readonly snapshotEvery?: number
  /**
   * For a run in the store: the longest time between two looks at it while its result or events are awaited, in milliseconds. The first
   * looks come sooner; an event of the run on `eventBus` brings one at once, for instance if a worker of this process has the same bus.
   * @default 1000
   */
  readonly pollMs?: number
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
  /** What bounds the runs, where the defaults do not fit. @default see {@link RunLimits} */
  readonly limits?: Partial<RunLimits>
  /**
   * Limits of the attempts of nodes by their `concurrencyKey`, across all runs that this runtime carries out; those of a coordination store
   * are limited by what their workers are given.
   * @default none
   */
  readonly keyLimits?: KeyLimits
  /** Randomness for the jitter of retries, 0 to 1. @default Math.random */
  readonly random?: () => number
  /**
   * Calls back when other tasks of this process had their turn: asked for after some milliseconds of work that never waits. A simulation
   * gives one that goes by its own time.
   * @default a turn of the event loop
   */
  readonly yieldTurn?: (callback: () => void) => void
}

/** Whether a store keeps journals of runs in this process, not records of distributed ones. */
export function isJournalStore(store: ICoordinationStore | IJournalStore | undefined): store is IJournalStore {
  return store !== undefined && !('claim' in store)
}

/** Settings of one run. */
export interface RunOptions {
  /** @default a new id */
  readonly runId?: string
  /** How many attempts may run at once. A run in a store takes none and refuses it: its workers have limits of their own. @default Infinity */
  readonly concurrency?: number
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal
  /** Limit of the run in milliseconds from its start. @default the blueprint's policy */
  readonly deadlineMs?: number
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
  /** Keeps the list of the run's events in memory. A run in a store keeps it there, always. @default false */
  readonly journal?: boolean
  /**
   * Goes on with a run from the text that `RunHandle.snapshot()` gave: the run id, the input, the shared values and `onFailure` are
   * those of the snapshot. Attempts that were under way are made again. Not for a run in a store, which needs none.
   */
  readonly snapshot?: string
  /**
   * What the run is found by in a list: at most 20 texts of 1 to 100 characters. They are told with its event `run.started`.
   * @default none
   */
  readonly tags?: readonly string[]
  /** Shared values before the first node runs. */
  readonly context?: Readonly<Record<string, unknown>>
}

/** Settings of a run of a journal store that is gone on with in this process; one that is open here already keeps those that it has. */
export interface OpenOptions extends Pick<RunOptions, 'concurrency' | 'signal'> {
  /**
   * Carries a run of a journal store over to the definition that it is opened with, if it began with another one. Refused with
   * `MIGRATION_REFUSED` if a live visit would lose its place. Without it a changed definition is refused with `DEFINITION_MISMATCH`.
   */
  readonly migrate?: Migration
}
