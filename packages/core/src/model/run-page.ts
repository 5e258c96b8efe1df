import type { RunStatus } from './run-status.ts'

/** Which runs are wanted, and how many at once. A run is listed if it is as every field that is given says. */
export interface RunFilter {
  /** Any of these. `running` stands for a run that is neither at rest nor ended. */
  readonly status?: RunStatus | 'running' | readonly (RunStatus | 'running')[]
  readonly workflowId?: string
  /** One of the texts that the run was started with as `tags`. */
  readonly tag?: string
  /** Whether child runs are listed too. @default false */
  readonly children?: boolean
  /** How many runs a page has at most, from 1 to 1000. @default 50 */
  readonly limit?: number
  /** The `cursor` of the page before, with the same filter. @default the first page */
  readonly cursor?: string | undefined
}

/** One run of a list. */
export interface ListedRun {
  readonly runId: string
  readonly workflowId: string
  readonly definitionHash: string
  readonly status: RunStatus | 'running'
  /** In milliseconds since 1970. */
  readonly startedAt: number
  /** In milliseconds since 1970; absent while it goes on. */
  readonly endedAt?: number
  readonly tags: readonly string[]
  /** The run that it is a child of. */
  readonly parentRunId?: string
}

/** A page of a list of runs, the one that was started last first. */
export interface RunPage {
  readonly runs: readonly ListedRun[]
  /**
   * Where the next page begins; absent on the last one. A page may hold fewer runs than were asked for, even none, and have a next one: of
   * runs that the filter leaves out, so many are looked at for a page and no more.
   */
  readonly cursor?: string
}
