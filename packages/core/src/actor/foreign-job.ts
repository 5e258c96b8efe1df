import { laterJob, type RunJob } from '../model/run-job.ts'
import type { RunHead } from '../ports/run-records.ts'

/** After how long a job is handed out again whose definition a process does not have, in milliseconds: the first time. */
const firstDelayMs = 50

/** The same, at most. */
const longestDelayMs = 1000

/**
 * A job that goes back into the queue since this process does not have the definition of its run. While workers of two versions share a
 * queue, the next one that gets it is likely to have it: so it comes again soon, and with each time that this was not so twice as late.
 */
export function sentBack(job: RunJob): RunJob {
  return laterJob(job, Math.min(longestDelayMs, Math.max(firstDelayMs, 2 * (job.delayMs ?? 0))))
}

/** Whether a job came back as late as it may: perhaps nobody has its definition, since nobody needs it any more. */
export function hasGoneRound({ delayMs = 0 }: RunJob): boolean {
  return delayMs >= longestDelayMs
}

/** Whether a job is one of a run that still goes on, as it stands in the store. */
export function isNeeded({ incarnation, definitionHash }: RunJob, run: RunHead | undefined): boolean {
  return run?.status === 'live' && run.incarnation === incarnation && run.definitionHash === definitionHash
}
