import type { VisitName } from './visit.ts'

/**
 * A message of the job queue: a hint that wakes a worker. The run's own records are the truth, so a job may be lost, come twice or
 * come late.
 */
export interface RunJob {
  /** Unique for each dispatch: incarnation, run, visit and dispatch, separated by characters that no id has. */
  readonly id: string
  readonly runId: string
  readonly incarnation: string
  /** Only a worker that has this definition can do the job. */
  readonly definitionHash: string
  /** The visit to attempt. Absent: the run's inbox has to be looked at. */
  readonly visit?: VisitName
  /** Number of the dispatch; each is given once in a run. */
  readonly dispatch?: number
  /** Not before this long from now, in milliseconds. @default 0 */
  readonly delayMs?: number
  /** `NodeConfig.queue` and `NodeConfig.priority` of the node. */
  readonly queue?: string
  readonly priority?: number
}

/** The id of the job for one dispatch of a visit. */
export function jobIdOf(incarnation: string, runId: string, visitKey: string, dispatch: number): string {
  return `${incarnation}/${runId}/${visitKey}/${dispatch}`
}

/** A job that comes again later. Its id is another one, since queues ignore a job whose id is that of one that is being handled. */
export function laterJob(job: RunJob, delayMs: number): RunJob {
  const suffix = '/again'
  const id = job.id.endsWith(suffix) ? job.id.slice(0, -suffix.length) : `${job.id}${suffix}`
  return { ...job, id, delayMs }
}

/** The id of a job that asks for a turn. */
export function wakeJobId(incarnation: string, runId: string, reason: string): string {
  return `${incarnation}/${runId}//${reason}`
}
