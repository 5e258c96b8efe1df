import { HeddleError } from '../errors/heddle-error.ts'

/** What ends a run from outside: its deadline, and the signal of whoever started it. */
export interface RunLimits {
  /** Limit of the run in milliseconds from its start. */
  readonly deadlineMs?: number | undefined
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal | undefined
}

/** The error of a run that passed its deadline. */
export function deadlineError(runId: string, deadlineMs: number): HeddleError {
  return new HeddleError('RUN_DEADLINE', `run "${runId}" did not end within its deadline of ${deadlineMs} ms`, {
    details: { runId, deadlineMs },
  })
}

/**
 * Calls back once when a signal aborts, at once if it has.
 *
 * @returns stops watching
 */
export function watchSignal(signal: AbortSignal, aborted: (reason: string) => void): () => void {
  const onAbort = (): void => aborted(String(signal.reason))
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}
