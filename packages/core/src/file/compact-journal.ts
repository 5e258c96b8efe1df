import type { StoredEvent } from '../model/stored-event.ts'
import type { IFiles, OpenFile, ReadableFile } from './files.ts'
import { encodeLine, type JournalHeader } from './journal-format.ts'
import { newestSnapshot } from './load-journal.ts'
import { journalPath } from './look-into-journal.ts'
import { groupOf, type OpenJournal } from './read-entries.ts'
import { scanLines, type ScannedLine } from './scan-lines.ts'
import { journalCorrupt } from './storage-errors.ts'
import { readInto, writeAll } from './whole-files.ts'

/** How a journal is made shorter. */
export interface Compaction {
  /** Its new header, and the line with it. */
  readonly header: JournalHeader
  readonly head: Buffer
  /** Where the lines that are kept begin in the old file. */
  readonly from: number
}

/** Where a journal begins, and what it holds. */
interface Extent {
  readonly header: JournalHeader
  /** Behind the header. */
  readonly start: number
  readonly seq: number
}

const chunkSize = 256 * 1024

/** Finds what may be dropped; `undefined` if nothing may. */
export async function planCompaction(
  files: IFiles,
  folder: string,
  { header, start, seq }: Extent,
): Promise<Compaction | undefined> {
  const { runId, base } = header
  const file = files.open(journalPath(folder), 'read')
  try {
    const journal = { runId, path: journalPath(folder), file, base, start }
    // It is read whole, so that nothing is dropped for a snapshot that is damaged.
    const found = await newestSnapshot(files, folder, journal, seq)
    const line = found?.snapshot.place.line
    if (found === undefined || line === undefined || found.snapshot.seq === base) return undefined
    const first = header.first ?? (await entryAt(journal, start, 1))
    const last = await entryAt(journal, line.offset, found.snapshot.seq)
    const shorter: JournalHeader = { runId, base: found.snapshot.seq, first, last }
    return { header: shorter, head: encodeLine(0, JSON.stringify(shorter)).bytes, from: found.offset }
  } finally {
    file.close()
  }
}

/** Writes the shorter journal up to a place of the old one into a file of its own; resolves to the number of its bytes. */
export async function copyJournal(
  from: ReadableFile,
  into: OpenFile,
  { head, from: begin }: Compaction,
  end: number,
): Promise<number> {
  writeAll(into, head, 0)
  const chunk = Buffer.allocUnsafe(Math.min(chunkSize, Math.max(1, end - begin)))
  let offset = begin
  while (offset < end) {
    const part = chunk.subarray(0, Math.min(chunk.length, end - offset))
    const count = await readInto(from, part, offset)
    writeAll(into, part.subarray(0, count), head.length + offset - begin)
    offset += count
  }
  return head.length + end - begin
}

async function entryAt(journal: OpenJournal, offset: number, seq: number): Promise<StoredEvent> {
  let line: ScannedLine | undefined
  await scanLines(journal.file, offset, (one) => {
    line = one
    return false
  })
  const entry = line === undefined ? undefined : groupOf(journal, line, seq).find((one) => one.seq === seq)
  if (entry !== undefined) return entry
  const { runId, path: file } = journal
  throw journalCorrupt({ runId, file, offset, seq: seq - 1 }, `entry ${seq} is missing`)
}
