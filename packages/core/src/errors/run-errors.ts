import { HeddleError } from './heddle-error.ts'

/** Errors of runs that are told wherever runs are kept. */

/** A store has no run of this id. */
export function unknownRun(runId: string): HeddleError {
  return new HeddleError('UNKNOWN_RUN', `the store has no run "${runId}"`, { details: { runId } })
}

/** A run was removed while it was followed, and another one has its id. */
export function replacedRun(runId: string): HeddleError {
  const message = `run "${runId}" was removed and its id used for another run; open that one`
  return new HeddleError('UNKNOWN_RUN', message, { details: { runId } })
}

/** The store lost the last entries of a run that were read before. */
export function runSetBack(runId: string): HeddleError {
  const message = `the store lost the end of its log, and run "${runId}" goes on from an earlier state; some of what was told of it does not hold any more, so ask again, and read its events from the first one on`
  return new HeddleError('RUN_SET_BACK', message, { details: { runId }, retryable: true })
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
