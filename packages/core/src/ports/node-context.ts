import type { DurableCalls } from './durable-calls.ts'
import type { ILogger } from './logger.ts'

export type { Handler, Registry } from './registry.ts'

/**
 * The run's shared values as one attempt sees them: a snapshot and the attempt's own writes. Writes are buffered, committed with the
 * outcome, and dropped if the attempt fails.
 */
export interface SharedValuesView<C extends object = Record<string, unknown>> {
  /** The value in the snapshot, merged with this attempt's own writes; `undefined` if there is none. */
  get<K extends keyof C & string>(key: K): C[K] | undefined
  /**
   * Hands `value` to the key's reducer at commit; without a reducer the last commit wins.
   *
   * @throws HeddleError `INVALID_WRITE` if the reducer cannot take it
   */
  set<K extends keyof C & string>(key: K, value: C[K]): void
  /**
   * Writes what `fn` makes of the value in the snapshot. If another visit committed the key meanwhile, this attempt is dropped and
   * made again (it does not count), so no update is lost.
   *
   * @throws HeddleError `INVALID_WRITE` if the key's reducer cannot work on what `fn` made
   */
  update<K extends keyof C & string>(key: K, fn: (current: C[K] | undefined) => C[K]): void
}

/** What a handler is called with. Properties are computed when they are read. */
export interface NodeContext<
  Input = unknown,
  Deps extends object = Record<string, unknown>,
  Context extends object = Record<string, unknown>,
  Dependencies = unknown,
> extends DurableCalls {
  /** The node's input: see the docs on inputs. Of a map's item handler, the input of the map. */
  readonly input: Input
  /** Outputs of the predecessors whose edges were taken, by node id, after transforms. */
  readonly deps: Deps
  /** The node's `params`. */
  readonly params: Readonly<Record<string, unknown>>
  /** The run's shared values. */
  readonly context: SharedValuesView<Context>
  /** Aborts when the attempt times out, is cancelled, or its run ends. */
  readonly signal: AbortSignal
  readonly runId: string
  readonly nodeId: string
  /** Counters of the loops around this node, outermost first; `[]` outside loops. */
  readonly iteration: readonly number[]
  /** Number of this attempt, from 1. */
  readonly attempt: number
  /** The same for all attempts of one visit: hand it to services that deduplicate. */
  readonly idempotencyKey: string
  readonly logger: ILogger
  /** What the runtime was given as `dependencies`. */
  readonly dependencies: Dependencies
  /** In a map's item handler: the item and its index. */
  readonly item?: unknown
  readonly index?: number | undefined
  /** In a fallback: the error that it stands in for. In a compensation: the failure that ended the run. */
  readonly error?: unknown
  /** In a compensation: the output of the visit that is undone; undefined if its outcome is unknown. */
  readonly output?: unknown
  /** In a compensation: whether it is known that the visit completed. If not, find out what it did. */
  readonly isOutcomeKnown?: boolean
  /** In a compensation: what `idempotencyKey` was for the attempts of the visit that is undone. */
  readonly visitIdempotencyKey?: string
  /** Tells listeners how far the attempt is, 0 to 1. Live only, not journalled. */
  progress(fraction: number, message?: string): void
  /** Hands a partial output to listeners. Live only, not journalled. */
  stream(chunk: unknown): void
}
