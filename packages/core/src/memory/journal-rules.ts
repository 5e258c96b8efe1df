import { HeddleError } from '../errors/heddle-error.ts'
import { checkId } from '../graph/ids.ts'
import type { StoredEvent } from '../model/stored-event.ts'

/** What every journal store checks before it does anything. */

/** @throws HeddleError `INVALID_ID` */
export function checkRunId(runId: string): void {
  const problem = checkId(runId)
  if (problem !== undefined) throw new HeddleError('INVALID_ID', problem)
}

/**
 * @param last the `seq` of the entry before them
 * @throws HeddleError `INVALID_STATE` if an entry is missing between them
 */
export function checkFollows(runId: string, last: number, entries: readonly StoredEvent[]): void {
  let expected = last
  for (const { seq } of entries) {
    if (seq === ++expected) continue
    throw new HeddleError(
      'INVALID_STATE',
      `the journal of run "${runId}" was given entry ${seq} where entry ${expected} comes next; append the entries in order`,
      { details: { runId, seq, expected } },
    )
  }
}

/** @throws HeddleError `NOT_SERIALISABLE` if a part of an entry is not plain JSON */
export function entriesText(runId: string, entries: readonly StoredEvent[]): string {
  try {
    return JSON.stringify(entries)
  } catch (error) {
    const seq = entries[0]?.seq
    throw new HeddleError(
      'NOT_SERIALISABLE',
      `an entry of run "${runId}", from ${seq} on, is not plain JSON; hand in values as serialised text`,
      { details: { runId, seq }, cause: error },
    )
  }
}

/** @throws HeddleError `INVALID_STATE` if the journal has no entry with the `seq` of a snapshot */
export function checkSnapshotSeq(runId: string, seq: number, first: number, last: number): void {
  if (Number.isSafeInteger(seq) && seq >= Math.max(1, first) && seq <= last) return
  throw new HeddleError(
    'INVALID_STATE',
    `a snapshot of run "${runId}" after entry ${seq} cannot be kept: its journal holds entries ${first} to ${last}`,
    { details: { runId, seq, first, last } },
  )
}

/** @throws HeddleError `INVALID_OPTION` if the last entry that is wanted is no whole number from 0 up */
export function checkUpTo(runId: string, upTo: number | undefined): void {
  if (upTo === undefined || (Number.isSafeInteger(upTo) && upTo >= 0)) return
  throw new HeddleError(
    'INVALID_OPTION',
    `the journal of run "${runId}" cannot be read up to ${upTo}; give the seq of an entry, a whole number from 0 up`,
    { details: { runId, upTo } },
  )
}

/** @throws HeddleError `INVALID_OPTION` if a page of entries cannot be meant */
export function checkPage(runId: string, afterSeq: number, limit: number): void {
  if (Number.isSafeInteger(afterSeq) && afterSeq >= 0 && Number.isSafeInteger(limit) && limit > 0) return
  throw new HeddleError(
    'INVALID_OPTION',
    `the journal of run "${runId}" has no page of ${limit} entries after ${afterSeq}; give whole numbers, afterSeq from 0 and limit from 1`,
    { details: { runId, afterSeq, limit } },
  )
}

/** The entries up to the one that is wanted were dropped. */
export function droppedByCompaction(runId: string, upTo: number, earliest: number): HeddleError {
  return new HeddleError(
    'INVALID_OPTION',
    `the journal of run "${runId}" cannot be read up to entry ${upTo}: it was compacted, and the earliest moment that is left is after entry ${earliest}`,
    { details: { runId, upTo, earliest } },
  )
}

/** The store has a run of this id. */
export function runExists(runId: string): HeddleError {
  return new HeddleError('RUN_CONFLICT', `the store has a run "${runId}" already; open it, or use another run id`, {
    details: { runId },
  })
}

/** The journal has a writer. */
export function journalIsOpen(runId: string): HeddleError {
  return new HeddleError(
    'RUN_CONFLICT',
    `the journal of run "${runId}" is open already; close it before it is opened again`,
    { details: { runId } },
  )
}

/** A journal was written to after it was closed. */
export function journalIsClosed(runId: string): HeddleError {
  return new HeddleError('ALREADY_CLOSED', `the journal of run "${runId}" was closed; open it again to write to it`, {
    details: { runId },
  })
}

/** A store was used for writing after it was closed. */
export function storeIsClosed(): HeddleError {
  return new HeddleError('ALREADY_CLOSED', 'the journal store was closed; make a new one')
}
