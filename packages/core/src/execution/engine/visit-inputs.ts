import type { Visit } from '../../kernel/visit.ts'
import type { ReducerName } from '../../model/policy.ts'

/** A visit that is undone. */
export interface UndoneVisit {
  readonly isOutcomeKnown: boolean
  /** Whether its input was kept; else it is what it would be now. */
  readonly hasInput: boolean
  readonly input: unknown
  readonly output: unknown
  /** Of an item of a map. */
  readonly item: unknown
  /** The failure that ended the run. */
  readonly failure: unknown
}

/** What an attempt may ask about the data of its run. In memory a reader of frames; in a worker, what came with the claim. */
export interface VisitInputs {
  readonly runId: string
  /** Input of the run. */
  readonly runInput: unknown
  /** The visit's input before its `inputs` expressions: see the docs on inputs. */
  input(visit: Visit): unknown
  /** Outputs of the taken predecessors by node id, after transforms; the record has no prototype. */
  deps(visit: Visit): Record<string, unknown>
  /** The item of a map's item visit. */
  item(visit: Visit): unknown
  /** Outputs of the items of a map visit, in item order. */
  itemOutputs(visit: Visit): unknown[]
  /** The error of the first item of a map visit that failed. */
  itemError(visit: Visit): unknown
  /** The error that a fallback visit stands in for. */
  error(visit: Visit): unknown
  /** What is known of the visit that a compensation undoes. */
  undone(visit: Visit): UndoneVisit
  /** A shared value and its version, in the attempt's snapshot. */
  shared(key: string): unknown
  sharedVersion(key: string): number
  /** All shared values, for expressions that are evaluated at once. */
  sharedRecord(): Record<string, unknown>
  /** The reducer of a shared key. */
  sharedReducer(key: string): ReducerName
  /** What a shared key would hold after writes that its reducer takes. */
  mergeShared(key: string, current: unknown, writes: readonly unknown[]): unknown
}
