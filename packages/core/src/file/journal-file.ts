import path from 'node:path'
import { checkFollows, entriesText } from '../memory/journal-rules.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import { copyJournal, type Compaction } from './compact-journal.ts'
import type { IFiles, OpenFile } from './files.ts'
import { findPlace } from './find-place.ts'
import type { JournalExtent } from './journal-extent.ts'
import { encodeLine } from './journal-format.ts'
import { FileHandle, type OpenHandles } from './open-handles.ts'
import type { SnapshotPlace } from './snapshot-files.ts'
import { removeQuietly, temporaryEnding, writeAll } from './whole-files.ts'

/** What is to take the place of a journal file. */
interface JournalCopy {
  readonly name: string
  readonly file: OpenFile
  readonly plan: Compaction
  /** Behind the last group that was copied. */
  readonly end: number
}

/** The file of a journal, and what was written to it. Errors of the system are thrown as they are. */
export class JournalFile {
  readonly handle: FileHandle
  private readonly files: IFiles
  /** Whether a group is on the disk when `append` returns. */
  private readonly isEachSynced: boolean
  private extent: JournalExtent
  /** The newest snapshot: the beginning of a line to look for others from. */
  private anchor: SnapshotPlace | undefined
  /** Groups that were appended since the copy was begun. */
  private meanwhile: Buffer[] | undefined

  constructor(handles: OpenHandles, name: string, extent: JournalExtent, isEachSynced: boolean) {
    this.files = handles.files
    this.handle = new FileHandle(handles, name)
    this.extent = extent
    this.isEachSynced = isEachSynced
  }

  /** What the file holds at the moment. */
  get held(): JournalExtent {
    return this.extent
  }

  /**
   * Writes a group at the end. After an error the file ends where it ended before, if it can still be cut.
   *
   * @param synced the last entry that is on the disk for certain
   */
  append(entries: readonly StoredEvent[], synced: number): void {
    const { header, start, seq, end } = this.extent
    checkFollows(header.runId, seq, entries)
    const { bytes, checksum } = encodeLine(synced, entriesText(header.runId, entries))
    const head = start === 0 ? encodeLine(0, JSON.stringify(header)).bytes : undefined
    this.write(head === undefined ? bytes : Buffer.concat([head, bytes]), end)
    const offset = end + (head?.length ?? 0)
    const lastLine = { offset, end: offset + bytes.length, checksum }
    this.extent = { header, start: head?.length ?? start, seq: seq + entries.length, end: lastLine.end, lastLine }
    this.meanwhile?.push(bytes)
  }

  /** Where the entries behind the last one will stand. */
  placeOfEnd(): SnapshotPlace {
    const { header, seq, lastLine, end } = this.extent
    this.anchor = { seq, base: header.base, offset: end, ...(lastLine && { line: lastLine }) }
    return this.anchor
  }

  /** Where the entries behind some entry stand. */
  async placeOf(seq: number): Promise<SnapshotPlace> {
    const { header, start } = this.extent
    const file = this.files.open(this.handle.path, 'read')
    try {
      const from = this.anchor !== undefined && this.anchor.seq < seq ? this.anchor.offset : start
      const journal = { runId: header.runId, path: this.handle.path, file, base: header.base }
      this.anchor = await findPlace(journal, from, seq)
      return this.anchor
    } finally {
      file.close()
    }
  }

  /** Copies what a compaction keeps into a file of its own. From now on groups that are appended are kept for it. */
  async copy(plan: Compaction, isDurable: boolean): Promise<JournalCopy> {
    const { files } = this
    const name = `${this.handle.path}${temporaryEnding}`
    const from = files.open(this.handle.path, 'read')
    try {
      this.meanwhile = []
      const { end } = this.extent
      const file = files.open(name, 'create')
      const copy: JournalCopy = { name, file, plan, end: plan.head.length + end - plan.from }
      try {
        await copyJournal(from, file, plan, end)
        if (isDurable) await file.sync()
        return copy
      } catch (error) {
        this.dropCopy(copy)
        throw error
      }
    } finally {
      from.close()
    }
  }

  /** Puts the copy in the place of the journal, with all that was appended meanwhile. */
  replaceBy({ name, file, plan, end }: JournalCopy): void {
    const groups = this.meanwhile ?? []
    this.meanwhile = undefined
    let size = end
    try {
      for (const bytes of groups) {
        writeAll(file, bytes, size)
        size += bytes.length
      }
      if (this.isEachSynced) file.syncNow()
    } finally {
      file.close()
    }
    this.handle.close()
    this.files.rename(name, this.handle.path)
    if (this.isEachSynced) this.files.syncFolderNow(path.dirname(name))
    const { seq, lastLine } = this.extent
    const shift = plan.head.length - plan.from
    const isKept = lastLine !== undefined && lastLine.offset >= plan.from
    const moved = isKept && { lastLine: { ...lastLine, offset: lastLine.offset + shift, end: lastLine.end + shift } }
    this.extent = { header: plan.header, start: plan.head.length, seq, end: size, ...moved }
    this.anchor = undefined
  }

  /** Removes a copy that is not wanted. */
  dropCopy({ name, file }: JournalCopy): void {
    this.meanwhile = undefined
    file.close()
    removeQuietly(this.files, name)
  }

  private write(bytes: Buffer, end: number): void {
    const file = this.handle.use()
    try {
      writeAll(file, bytes, end)
      if (this.isEachSynced) file.syncNow()
    } catch (error) {
      try {
        file.truncate(end)
      } catch {
        // What was written of the group is found and cut off when the journal is opened again.
      }
      throw error
    }
  }
}
