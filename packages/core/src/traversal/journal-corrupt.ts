import { HeddleError } from '../errors/heddle-error.ts'
import type { RunEvent } from '../model/run-event.ts'

/** The error for a journal that cannot be what its run has written. */
export function journalCorrupt(
  event: (Pick<RunEvent, 'runId' | 'seq'> & { readonly type: string }) | undefined,
  reason: string,
  cause?: unknown,
): HeddleError {
  const { runId = '', seq = 0, type = 'nothing' } = event ?? {}
  return new HeddleError(
    'JOURNAL_CORRUPT',
    `the journal of run "${runId}" cannot be read from entry ${seq} (${type}) on: ${reason}`,
    { details: { runId, seq, type }, ...(cause === undefined ? {} : { cause }) },
  )
}
