import path from 'node:path'
import type { JournalSnapshot } from '../ports/journal-store.ts'
import { decodeChecked, encodeChecked } from './checked-text.ts'
import type { IFiles, ReadableFile } from './files.ts'
import { decodeLine } from './journal-format.ts'
import type { LinePlace } from './read-entries.ts'
import { listIfThere, readInto, readWhole, writeWhole } from './whole-files.ts'

/** Where the entries behind a snapshot stand in the journal. */
export interface SnapshotPlace {
  /** The entry after which the snapshot was taken. */
  readonly seq: number
  /** Where the journal began when the snapshot was taken: places in a journal that was compacted since are others. */
  readonly base: number
  /** The line with the entry `seq`; none if a compaction has dropped it. */
  readonly line?: LinePlace
  /** The beginning of the line with the entry that follows: that line's end, or the same line if its group goes on behind `seq`. */
  readonly offset: number
}

interface SnapshotRecord extends SnapshotPlace {
  readonly runId: string
  /** Whether the entries that it stands for were synced before it was written: a journal that ends before it is damaged. */
  readonly isSynced?: boolean
}

/** A snapshot as it was read. */
export interface StoredSnapshot extends JournalSnapshot {
  readonly place: SnapshotPlace
  readonly isSynced: boolean
}

const nameForm = /^(\d{12,16})\.snapshot$/u

function nameOf(folder: string, seq: number): string {
  return path.join(folder, `${String(seq).padStart(12, '0')}.snapshot`)
}

/** The `seq` of all snapshots in a run's folder, newest first. */
export function listSnapshots(files: IFiles, folder: string): readonly number[] {
  return listIfThere(files, folder)
    .flatMap((name) => nameForm.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)
}

/**
 * Writes a snapshot in one step; one of the same `seq` is replaced.
 *
 * @param isSynced whether what it stands for was synced; the snapshot is then synced too
 */
export function writeSnapshot(
  files: IFiles,
  folder: string,
  { runId, place, text }: { readonly runId: string; readonly place: SnapshotPlace; readonly text: string },
  isSynced: boolean,
): Promise<void> {
  const record: SnapshotRecord = { runId, isSynced, ...place }
  return writeWhole(files, nameOf(folder, place.seq), encodeChecked(record, text), isSynced)
}

/** Reads a snapshot; `undefined` if it is damaged or gone. */
export async function readSnapshot(
  files: IFiles,
  folder: string,
  runId: string,
  seq: number,
): Promise<StoredSnapshot | undefined> {
  const bytes = await readWhole(files, nameOf(folder, seq))
  const stored = bytes === undefined ? undefined : decodeChecked<SnapshotRecord>(bytes)
  if (stored?.about.seq !== seq || stored.about.runId !== runId) return undefined
  return { seq, text: stored.text, place: stored.about, isSynced: stored.about.isSynced === true }
}

/** Removes a snapshot. */
export function removeSnapshot(files: IFiles, folder: string, seq: number): void {
  files.removeFile(nameOf(folder, seq))
}

/**
 * Where reading goes on behind a snapshot; `undefined` if the journal is not the one it was taken of: its end was lost since, and what
 * stands there now is something else.
 *
 * @param journal its file, where it begins and where its first group stands
 */
export async function offsetBehind(
  { seq, base, line, offset }: SnapshotPlace,
  journal: { readonly file: ReadableFile; readonly base: number; readonly start: number },
): Promise<number | undefined> {
  if (seq === journal.base) return journal.start
  if (base !== journal.base || line === undefined) return undefined
  const bytes = Buffer.allocUnsafe(line.end - line.offset)
  if ((await readInto(journal.file, bytes, line.offset)) < bytes.length || bytes[bytes.length - 1] !== 0x0a) {
    return undefined
  }
  return decodeLine(bytes.subarray(0, -1))?.checksum === line.checksum ? offset : undefined
}
