import type { StoredEvent } from '../model/stored-event.ts'
import type { ReadableFile } from './files.ts'
import type { JournalHeader } from './journal-format.ts'
import { isLostWrite } from './lost-writes.ts'
import { scanLines, type ScanEnd, type ScannedLine } from './scan-lines.ts'
import { journalCorrupt } from './storage-errors.ts'

/** A journal file that is read, and what it is called in errors. */
export interface OpenJournal {
  readonly runId: string
  readonly path: string
  readonly file: ReadableFile
}

/** Where a line stands, and what it is recognised by. */
export interface LinePlace {
  readonly offset: number
  readonly end: number
  readonly checksum: string
}

/** What is read of a journal. */
interface WantedEntries {
  /** The beginning of a line. */
  readonly offset: number
  /** The entry before the first one behind it; the line may begin with entries before that one. */
  readonly seq: number
  /** Entries up to this one are left out. @default seq */
  readonly after?: number
  /** The last entry that is wanted. @default the last one there is */
  readonly upTo?: number
}

/** What was read of a journal. */
export interface ReadEntries {
  readonly entries: readonly StoredEvent[]
  /** The last entry that is whole, wanted or not. */
  readonly seq: number
  /** Behind the last whole line that was looked at: where the next append goes, unless reading was stopped before. */
  readonly end: number
  readonly lastLine?: LinePlace
}

/** The first line of a journal, and where it ends. */
export interface ReadHeader {
  readonly header: JournalHeader
  readonly end: number
}

/**
 * Reads the header of a journal; `undefined` if it is not there: the journal was never begun.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`
 */
export async function readHeader(journal: OpenJournal): Promise<ReadHeader | undefined> {
  let line: ScannedLine | undefined
  const scanned = await scanLines(journal.file, 0, (one) => {
    line = one
    return false
  })
  await refuseDamage(journal, scanned, 0)
  if (line === undefined) return undefined
  const header = parse<JournalHeader>(journal, line, 0)
  if (header?.runId === journal.runId && Number.isSafeInteger(header.base)) return { header, end: line.end }
  const what = `its first line says that it is the journal of run "${header?.runId}"`
  throw journalCorrupt({ runId: journal.runId, file: journal.path, offset: 0, seq: 0 }, what)
}

/**
 * Reads entries from the beginning of a line on. What a crash tore off at the end is left out.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`
 */
export async function readEntries(
  journal: OpenJournal,
  { offset, seq: before, after = before, upTo = Infinity }: WantedEntries,
): Promise<ReadEntries> {
  const entries: StoredEvent[] = []
  let seq = before
  let lastLine: LinePlace | undefined
  const scanned = await scanLines(journal.file, offset, (line) => {
    for (const entry of groupOf(journal, line, seq)) {
      if (entry.seq <= before && lastLine === undefined) continue // a snapshot was taken inside this group
      if (entry.seq !== seq + 1) throw outOfOrder(journal, line, seq, entry.seq)
      seq = entry.seq
      if (seq > after && seq <= upTo) entries.push(entry)
    }
    lastLine = line
    return seq < upTo
  })
  await refuseDamage(journal, scanned, seq)
  return { entries, seq, end: scanned.offset, ...(lastLine === undefined ? {} : { lastLine }) }
}

/** The entries of a line, as they stand there. */
export function groupOf(journal: OpenJournal, line: ScannedLine, seq: number): readonly StoredEvent[] {
  const group = parse<readonly StoredEvent[]>(journal, line, seq)
  if (group !== undefined && group.length > 0) return group
  throw journalCorrupt(damageAt(journal, line.offset, seq), 'a line holds no entries')
}

function parse<T>(journal: OpenJournal, { json, offset }: ScannedLine, seq: number): T | undefined {
  try {
    return JSON.parse(json) as T
  } catch (error) {
    throw journalCorrupt(damageAt(journal, offset, seq), 'a line is no JSON', error)
  }
}

/** @throws HeddleError `JOURNAL_CORRUPT` unless the damage is what a crash leaves at the end */
async function refuseDamage(journal: OpenJournal, { type, offset, lineEnd = 0 }: ScanEnd, seq: number): Promise<void> {
  if (type !== 'damaged' || (await isLostWrite(journal.file, { offset, end: lineEnd }, seq + 1))) return
  throw journalCorrupt(damageAt(journal, offset, seq), 'the checksum of a line is wrong')
}

function outOfOrder(journal: OpenJournal, line: ScannedLine, seq: number, found: number): Error {
  return journalCorrupt(damageAt(journal, line.offset, seq), `entry ${found} stands where entry ${seq + 1} belongs`)
}

function damageAt({ runId, path }: OpenJournal, offset: number, seq: number): Parameters<typeof journalCorrupt>[0] {
  return { runId, file: path, offset, seq }
}
