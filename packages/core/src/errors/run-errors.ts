import { HeddleError } from './heddle-error.ts'

/** Errors of runs that are told wherever runs are kept. */

/** A store has no run of this id. */
export function unknownRun(runId: string): HeddleError {
  return new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
}

/** The id belongs to another run. @param what is different: its definition or its input */
export function runConflict(runId: string, what: string): HeddleError {
  const message = `run "${runId}" was started before with another ${what}; use another run id`
  return new HeddleError('RUN_CONFLICT', message, { details: { runId, what } })
}

/** A run that passed its deadline. */
export function runDeadline(runId: string, deadlineMs: number): HeddleError {
  return new HeddleError('RUN_DEADLINE', `run "${runId}" did not end within its deadline of ${deadlineMs} ms`, {
    details: { runId, deadlineMs },
  })
}
