import type { JournalHeader } from './journal-format.ts'
import type { LinePlace } from './read-entries.ts'

/** What the file of a journal holds, as far as it was looked at. */
export interface JournalExtent {
  readonly header: JournalHeader
  /** Behind the header; 0 if it is not there yet: it is written with the first group. */
  readonly start: number
  /** The last entry. */
  readonly seq: number
  /** Behind the last whole group. */
  readonly end: number
  readonly lastLine?: LinePlace
}
