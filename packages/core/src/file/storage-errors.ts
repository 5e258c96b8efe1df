import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { systemCode } from './files.ts'

/** Where a journal is damaged. */
export interface Damage {
  readonly runId: string
  readonly file: string
  /** Bytes from the beginning of the file. */
  readonly offset: number
  /** The last entry before it that is whole. */
  readonly seq: number
}

/** @param what what is wrong there */
export function journalCorrupt(damage: Damage, what: string, cause?: unknown): HeddleError {
  const { runId, file, offset, seq } = damage
  return new HeddleError(
    'JOURNAL_CORRUPT',
    `the journal of run "${runId}" is damaged in ${file} at byte ${offset}, after entry ${seq}: ${what}; put the file back from a backup, or give the run up`,
    { details: { ...damage }, ...(cause === undefined ? {} : { cause }) },
  )
}

/** @param what what could not be done, and to which run or file */
export function storeUnavailable(
  what: string,
  cause: unknown,
  details: Readonly<Record<string, unknown>> = {},
): HeddleError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  const code = systemCode(cause)
  return new HeddleError('STORE_UNAVAILABLE', `${what}${why}; mend that, then open the run again`, {
    details: { ...details, ...(code === undefined ? {} : { code }) },
    retryable: true,
    cause,
  })
}

/** Errors of the system become `STORE_UNAVAILABLE`; other errors stay what they are. */
export function asUnavailable(error: unknown, what: string, details: Readonly<Record<string, unknown>> = {}): unknown {
  return isHeddleError(error) || systemCode(error) === undefined ? error : storeUnavailable(what, error, details)
}
