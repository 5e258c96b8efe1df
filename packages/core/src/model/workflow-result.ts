import type { HeddleError } from '../errors/heddle-error.ts'
import type { RunStatus } from './run-status.ts'
import type { VisitName } from './visit.ts'

/** A wait that is open: what a run needs from outside. The visit is that of the run, or child run, that the wait belongs to. */
export interface OpenWait extends VisitName {
  /**
   * Unique within the run that lists it: `name` of the wait, a colon, the key of its visit (`approval:ask@2`). For a wait of a child run
   * the visits that lead to it come first, outermost first, each with a slash after it: `approval:review/ask`.
   */
  readonly waitId: string
  readonly name: string
  /** Milliseconds since 1970 after which the wait expires. */
  readonly deadline?: number
}

/**
 * Where a run stands, and all that it has produced. A failed, cancelled or unfinished run keeps its partial outputs.
 *
 * Most of it is put together when it is first read, so a result is no plain object: to spread, clone or send all of it, take
 * `toRecord()`. `JSON.stringify` and Node's `console.log` show that.
 */
export interface WorkflowResult<Context = Record<string, unknown>> extends ResultRecord<Context> {
  /** Writable, so that an orchestrator of the user's own can set it. */
  status: RunStatus
  /** The shared values and outputs as text, by the run's serializer. */
  serialize(): string
  /** All of it as a plain object, as it is now. */
  toRecord(): ResultRecord<Context>
}

/** A result as a plain object. */
export interface ResultRecord<Context = Record<string, unknown>> {
  readonly runId: string
  readonly status: RunStatus
  /** Output of the run: of the node named by `policy.output`, else of the only terminal node, else a record by terminal node id. */
  readonly output: unknown
  /** Output of each node that completed, by node id; of a node in a loop that of the highest iteration. */
  readonly outputs: Readonly<Record<string, unknown>>
  /** The shared values. */
  readonly context: Context
  /** Errors of the visits that failed unhandled, in the order in which they did; then the error that ended the run, if another. */
  readonly errors: readonly HeddleError[]
  readonly waits: readonly OpenWait[]
  /** Ids of the nodes of which no visit was ever attempted, in blueprint order. */
  readonly skipped: readonly string[]
  /** Ids of the nodes that were cut off while under way, in blueprint order. */
  readonly cancelled: readonly string[]
}
