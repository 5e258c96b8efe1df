import type { Visit } from '../../kernel/visit.ts'
import type { StandardSchema } from '../../model/standard-schema.ts'
import type { RecordingFact, VisitCalls } from '../../traversal/visit-calls.ts'

/** Where the durable calls of attempts are recorded. */
export interface CallHost {
  /** What is recorded of a visit's calls; made when it is first asked for. */
  of(visit: Visit): VisitCalls
  /** The same, if anything is recorded. */
  find(visit: Visit): VisitCalls | undefined
  /**
   * Records a call of an attempt under way. Once it answers true, the call is never made again.
   *
   * @returns false if the attempt does not count any more
   */
  record(visit: Visit, fact: RecordingFact): boolean | Promise<boolean>
  /**
   * Whether open calls may settle without this process hearing of it while a handler runs: then it is told with each call that is recorded
   * which ones the handler was answered before.
   */
  readonly hearsLate?: boolean
  /** A handler waits for a payload that this schema checks. */
  expect(visit: Visit, call: string, schema: StandardSchema): void
}
