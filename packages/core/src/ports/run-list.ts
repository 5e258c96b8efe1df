import type { RunHead } from './run-records.ts'

/** A run as the store lists it. */
export interface RunRecord extends Pick<
  RunHead,
  'runId' | 'incarnation' | 'workflowId' | 'definitionHash' | 'status' | 'startedAt' | 'endedAt'
> {
  readonly tags: readonly string[]
  /** The run that it is a child of. */
  readonly parentRunId?: string
}

/** The place of a run in the list of all runs: later starts first, of runs that started at the same millisecond some fixed order. */
export type RunPlace = Pick<RunRecord, 'startedAt' | 'runId'>
