import { isHeddleError, type HeddleError } from '../errors/heddle-error.ts'
import { checkSnapshotSeq, journalIsClosed } from '../memory/journal-rules.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { JournalSnapshot, RunJournal } from '../ports/journal-store.ts'
import { planCompaction } from './compact-journal.ts'
import { GroupSync } from './group-sync.ts'
import type { JournalExtent } from './journal-extent.ts'
import { JournalFile } from './journal-file.ts'
import type { JournalServices } from './journal-services.ts'
import { journalPath } from './look-into-journal.ts'
import { listSnapshots, removeSnapshot, writeSnapshot, type SnapshotPlace } from './snapshot-files.ts'
import { asUnavailable, storeUnavailable } from './storage-errors.ts'

/** The journal of one run, open for writing. What waits for the disk is done one after the other; `append` waits for nothing. */
export class FileRunJournal implements RunJournal {
  readonly runId: string
  readonly file: JournalFile
  private readonly services: JournalServices
  private readonly folder: string
  private readonly group: GroupSync | undefined
  /** The last entry that is on the disk for certain. */
  private synced = 0
  /** Its folder may be new. */
  private readonly nameChange: number
  private areNamesSynced = false
  private failure: HeddleError | undefined
  private closing: Promise<void> | undefined
  private readonly saving: Set<Promise<void>> = new Set()
  private tail: Promise<unknown> = Promise.resolve()

  constructor(services: JournalServices, folder: string, extent: JournalExtent) {
    const { fsync, fsyncEveryMs: everyMs, clock, handles } = services
    this.services = services
    this.folder = folder
    this.nameChange = services.runNames.changed()
    this.runId = extent.header.runId
    this.file = new JournalFile(handles, journalPath(folder), extent, fsync === 'always')
    if (fsync === 'group') this.group = new GroupSync({ everyMs, clock, flush: () => this.inOrder(this.flush) })
  }

  /** Whether it takes no more entries. */
  get isOver(): boolean {
    return this.closing !== undefined || this.failure !== undefined
  }

  append(entries: readonly StoredEvent[]): void {
    this.checkOpen()
    if (entries.length === 0) return
    try {
      this.file.append(entries, this.synced)
    } catch (error) {
      throw isHeddleError(error) && error.code !== 'STORE_UNAVAILABLE' ? error : this.fail(error)
    }
    if (this.services.fsync === 'always') this.synced = this.file.held.seq
    else this.group?.wrote()
  }

  sync(): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return this.group?.sync() ?? Promise.resolve()
  }

  async saveSnapshot({ seq, text }: JournalSnapshot): Promise<void> {
    this.checkOpen()
    const { header, seq: last } = this.file.held
    checkSnapshotSeq(this.runId, seq, header.base, last)
    const place = seq === last ? this.file.placeOfEnd() : undefined
    const saving = this.keepSnapshot(seq, text, place)
    this.saving.add(saving)
    try {
      await saving
    } finally {
      this.saving.delete(saving)
    }
  }

  async compact(): Promise<void> {
    this.checkOpen()
    await this.inOrder(() => this.compactNow())
  }

  close(): Promise<void> {
    this.closing ??= this.shut()
    return this.closing
  }

  /** Lets go of the journal as it is; who waits for a sync is told that it was closed. */
  abandon(): Promise<void> {
    if (this.closing !== undefined) return this.closing
    this.group?.stop(journalIsClosed(this.runId))
    this.closing = this.release()
    return this.closing
  }

  /** What was there when it was opened may not be on the disk: it counts as written now. For `always` it is there when this resolves. */
  async begin(): Promise<void> {
    this.group?.wrote()
    if (this.services.fsync === 'always') await this.inOrder(this.flush)
  }

  private checkOpen(): void {
    if (this.failure !== undefined) throw this.failure
    if (this.closing !== undefined) throw journalIsClosed(this.runId)
  }

  private inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.tail.then(work)
    this.tail = done.catch(() => undefined) // whoever asked for it is told
    return done
  }

  /** After an error nobody can say what reached the disk: nothing more is written until the journal is opened again. */
  private fail(error: unknown): HeddleError {
    const { runId } = this
    this.failure ??= storeUnavailable(`the journal of run "${runId}" could not be written`, error, { runId })
    this.group?.stop(this.failure)
    return this.failure
  }

  private readonly flush = async (): Promise<void> => {
    if (this.failure !== undefined) throw this.failure
    const { seq } = this.file.held
    try {
      await this.services.syncs.run(() => this.file.handle.sync())
      await this.syncNames()
    } catch (error) {
      throw this.fail(error)
    }
    this.synced = Math.max(this.synced, seq)
  }

  private async syncNames(): Promise<void> {
    if (this.areNamesSynced) return
    const { files, syncs, runNames } = this.services
    await syncs.run(() => files.syncFolder(this.folder))
    await runNames.cover(this.nameChange)
    this.areNamesSynced = true
  }

  /** @param place where the entries behind it stand, if that was known when the snapshot was taken */
  private async keepSnapshot(seq: number, text: string, place: SnapshotPlace | undefined): Promise<void> {
    await this.sync() // a snapshot of entries that are lost later would be of another run
    await this.inOrder(() => this.writeSnapshot(seq, text, place))
  }

  private async writeSnapshot(seq: number, text: string, place: SnapshotPlace | undefined): Promise<void> {
    const { services, folder, runId, file } = this
    const { base } = file.held.header
    if (seq < base) return // a compaction has come between, for a newer snapshot
    try {
      const known = place?.base === base ? place : await file.placeOf(seq)
      await writeSnapshot(services.files, folder, { runId, place: known, text }, services.fsync !== 'never')
    } catch (error) {
      throw asUnavailable(error, `a snapshot of run "${runId}" could not be written`, { runId, seq })
    }
  }

  private async compactNow(): Promise<void> {
    const { runId, folder, file, services } = this
    const { files, fsync } = services
    try {
      const plan = await planCompaction(files, folder, file.held)
      if (plan === undefined) return
      const copy = await file.copy(plan, fsync !== 'never')
      if (this.failure !== undefined) {
        file.dropCopy(copy)
        throw this.failure
      }
      try {
        file.replaceBy(copy)
        if (fsync === 'group') await files.syncFolder(folder)
      } catch (error) {
        throw this.fail(error)
      }
      for (const seq of listSnapshots(files, folder)) if (seq < plan.header.base) removeSnapshot(files, folder, seq)
    } catch (error) {
      throw asUnavailable(error, `the journal of run "${runId}" could not be compacted`, { runId })
    }
  }

  private async shut(): Promise<void> {
    try {
      if (this.failure === undefined) await this.group?.syncAtOnce()
    } finally {
      await this.release()
    }
    if (this.failure !== undefined) throw this.failure
  }

  private async release(): Promise<void> {
    await Promise.allSettled(this.saving) // whoever asked for them is told
    await this.inOrder(async () => {
      this.services.closed(this, this.failure !== undefined)
      this.file.handle.close()
    })
  }
}
