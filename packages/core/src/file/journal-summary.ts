import type { StoredEvent } from '../model/stored-event.ts'
import type { JournalSummary } from '../ports/journal-store.ts'
import type { IFiles } from './files.ts'
import { lookIntoJournal } from './look-into-journal.ts'
import { groupOf, readEntries, type OpenJournal } from './read-entries.ts'
import { scanLines, type ScannedLine } from './scan-lines.ts'
import { readInto } from './whole-files.ts'

/** So many bytes at the end of a journal are looked at for its last entry; if they are not enough, it is read whole. */
const tailSize = 64 * 1024

const lineFeed = 0x0a

/**
 * Reads the first and the last entry of a journal; `undefined` if it has none.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`; an error of the system
 */
export async function summarizeJournal(
  files: IFiles,
  folder: string,
  runId: string,
): Promise<JournalSummary | undefined> {
  return lookIntoJournal(files, folder, runId, async (journal, { header, end }) => {
    const first = header.first ?? (await firstEntry(journal, end))
    const last = (await lastOfTail(journal, end)) ?? (await lastOfAll(journal, end, header.base)) ?? header.last
    return first === undefined || last === undefined ? undefined : { runId, first, last }
  })
}

async function firstEntry(journal: OpenJournal, start: number): Promise<StoredEvent | undefined> {
  let first: StoredEvent | undefined
  await scanLines(journal.file, start, (line) => {
    first = groupOf(journal, line, 0)[0]
    return false
  })
  return first
}

/**
 * The last entry, from the end of the file alone. `undefined` if that does not settle it: damage further up can only be what a crash
 * leaves, which ends the journal there, if it stands behind what was on the disk for certain when the last line was written.
 */
async function lastOfTail(journal: OpenJournal, start: number): Promise<StoredEvent | undefined> {
  const { file } = journal
  const from = Math.max(start, file.size() - tailSize)
  const lines: ScannedLine[] = []
  const { type } = await scanLines(file, from === start ? start : await nextLine(journal, from), (line) => {
    lines.push(line)
    return true
  })
  const [top] = lines
  const bottom = lines[lines.length - 1]
  if (top === undefined || bottom === undefined || type === 'damaged') return undefined
  const begins = groupOf(journal, top, 0)[0]?.seq ?? 0
  if (from > start && bottom.synced < begins - 1) return undefined
  const group = groupOf(journal, bottom, 0)
  return group[group.length - 1]
}

async function nextLine({ file }: OpenJournal, from: number): Promise<number> {
  const bytes = Buffer.allocUnsafe(tailSize)
  const length = await readInto(file, bytes, from)
  const feed = bytes.subarray(0, length).indexOf(lineFeed)
  return feed === -1 ? from + length : from + feed + 1
}

async function lastOfAll(journal: OpenJournal, start: number, base: number): Promise<StoredEvent | undefined> {
  const { entries } = await readEntries(journal, { offset: start, seq: base })
  return entries[entries.length - 1]
}
