import { isHeddleError } from '../errors/heddle-error.ts'
import { droppedByCompaction } from '../memory/journal-rules.ts'
import type { JournalContents } from '../ports/journal-store.ts'
import type { IFiles } from './files.ts'
import type { JournalExtent } from './journal-extent.ts'
import { lookIntoJournal } from './look-into-journal.ts'
import { readEntries, type OpenJournal } from './read-entries.ts'
import { listSnapshots, offsetBehind, readSnapshot, type StoredSnapshot } from './snapshot-files.ts'
import { journalCorrupt } from './storage-errors.ts'

/** A journal as its files tell of it. */
export interface LoadedJournal extends JournalExtent {
  readonly contents: JournalContents
  /** Bytes of the whole file, with what a crash tore off. */
  readonly size: number
}

/**
 * Loads a journal from its newest snapshot on; what stands before it is not read. `undefined` if no entry of it is there.
 *
 * @param upTo the last entry that is wanted
 * @throws HeddleError `JOURNAL_CORRUPT`; `INVALID_OPTION` if a compaction has dropped what is wanted; an error of the system
 */
export async function loadJournal(
  files: IFiles,
  folder: string,
  runId: string,
  upTo: number = Infinity,
): Promise<LoadedJournal | undefined> {
  return lookIntoJournal(files, folder, runId, async (journal, { header, end: start }) => {
    if (upTo < header.base) throw droppedByCompaction(runId, upTo, header.base)
    // Before the entries are read: another process may write some, and a snapshot of them, meanwhile.
    const snapshots = upTo === Infinity ? listSnapshots(files, folder) : []
    const found = await newestSnapshot(files, folder, { ...journal, base: header.base, start }, upTo)
    if (found === undefined && header.base > 0) throw withoutSnapshot(journal, header.base)
    const { snapshot, offset } = found ?? { snapshot: undefined, offset: start }
    const { entries, ...read } = await readEntries(journal, { offset, seq: snapshot?.seq ?? 0, upTo })
    if (snapshot === undefined && read.seq === 0) return undefined
    for (const seq of snapshots) if (seq > read.seq) await refuseCut(files, folder, journal, read, seq)
    const kept = snapshot === undefined ? {} : { snapshot: { seq: snapshot.seq, text: snapshot.text } }
    // A snapshot that a compaction was made for knows places in the journal before it.
    const line = snapshot !== undefined && snapshot.seq > header.base ? snapshot.place.line : undefined
    const extent = { header, start, size: journal.file.size(), ...(line && { lastLine: line }), ...read }
    return { contents: { ...kept, entries }, ...extent }
  })
}

/**
 * Reads a journal to which another process may write meanwhile. Where it was cut or compacted between two looks, the pieces do not fit
 * together: they do at the next look, unless the damage is a real one.
 */
export async function readShared<T>(read: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    try {
      return await read()
    } catch (error) {
      if (look === 3 || !isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
    }
  }
}

/** The newest snapshot that can be used, and where the entries behind it begin. */
export async function newestSnapshot(
  files: IFiles,
  folder: string,
  journal: OpenJournal & { readonly base: number; readonly start: number },
  upTo: number,
): Promise<{ readonly snapshot: StoredSnapshot; readonly offset: number } | undefined> {
  for (const seq of listSnapshots(files, folder)) {
    if (seq > upTo) continue
    if (seq < journal.base) break
    const snapshot = await readSnapshot(files, folder, journal.runId, seq)
    const offset = snapshot === undefined ? undefined : await offsetBehind(snapshot.place, journal)
    if (snapshot !== undefined && offset !== undefined) return { snapshot, offset }
  }
  return undefined
}

/**
 * A snapshot is written when the entries that it stands for are on the disk: a journal that ends before them was cut since. Only a process
 * that never syncs may leave a snapshot of entries that a power failure took.
 */
async function refuseCut(
  files: IFiles,
  folder: string,
  { runId, path: file }: OpenJournal,
  { seq, end: offset }: { readonly seq: number; readonly end: number },
  snapshotSeq: number,
): Promise<void> {
  const snapshot = await readSnapshot(files, folder, runId, snapshotSeq)
  if (snapshot?.isSynced !== true) return
  const what = `it ends there, and entry ${snapshotSeq} was on the disk when a snapshot was taken of it`
  throw journalCorrupt({ runId, file, offset, seq }, what)
}

function withoutSnapshot({ runId, path: file }: OpenJournal, base: number): Error {
  const what = `the entries up to ${base} were dropped for a snapshot, which is damaged or gone`
  return journalCorrupt({ runId, file, offset: 0, seq: base }, what)
}
