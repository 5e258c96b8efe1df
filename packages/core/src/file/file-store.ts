import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { systemClock } from '../defaults/system-clock.ts'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import { checkPage, checkRunId, checkUpTo, journalIsOpen, storeIsClosed } from '../memory/journal-rules.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import type { IClock } from '../ports/clock.ts'
import type { IJournalStore, JournalContents, JournalSummary, RunJournal } from '../ports/journal-store.ts'
import { EntryPages } from './entry-pages.ts'
import type { FileRunJournal } from './file-run-journal.ts'
import type { IFiles } from './files.ts'
import type { FsyncPolicy, JournalServices } from './journal-services.ts'
import { summarizeJournal } from './journal-summary.ts'
import { loadJournal, readShared } from './load-journal.ts'
import { nodeFiles } from './node-files.ts'
import { createJournal, openJournal, removeJournal } from './open-journal.ts'
import { OpenHandles } from './open-handles.ts'
import { ParallelLimit } from './parallel-limit.ts'
import { nodeProcesses, type IProcesses } from './processes.ts'
import { folderName, runIdOf } from './run-folder.ts'
import { SharedSync } from './shared-sync.ts'
import { asUnavailable } from './storage-errors.ts'
import { checkFormat, writeFormat } from './store-format.ts'
import { takeStoreLock, type StoreLock } from './store-lock.ts'
import { listIfThere, makeFolders } from './whole-files.ts'

/** Options of a {@link FileStore}. */
export interface FileStoreOptions {
  /** The folder of the store. It is made when the first run is created; nothing else should lie in it. */
  readonly dir: string
  /**
   * When entries are brought to the disk (fsync). `group`: together, at most once in `fsyncEveryMs` for each run; `sync()` waits for it.
   * `always`: before `append` returns. `never`: when the system likes to; `sync()` waits for nothing. Where a process ends, nothing is
   * lost with any of them; where the machine stops, `never` may lose whatever the system had not written.
   * @default 'group'
   */
  readonly fsync?: FsyncPolicy
  /**
   * The shortest time between two syncs of one run for `group`, in milliseconds, and the longest time that an entry waits for one.
   * @default 10
   */
  readonly fsyncEveryMs?: number
  /**
   * How many journals are kept open in the file system at once; others are opened when they are written to.
   * @default 512
   */
  readonly maxOpenFiles?: number
  /** @default the files of this machine */
  readonly files?: IFiles
  /** @default the processes of this machine */
  readonly processes?: IProcesses
  /** @default systemClock */
  readonly clock?: IClock
}

/** More threads than this would leave none for the rest of the process. */
const maxParallelSyncs = 3

/**
 * Keeps the journals of runs in a folder, one folder a run. One process writes to it at a time; any number may read. It needs Node.
 *
 * @example
 * ```ts
 * const store = new FileStore({ dir: './runs' })
 * const journal = await store.create('order-7')
 * journal.append([{ seq: 1, at: Date.now(), fact: { type: 'run.started' } }])
 * await journal.sync()
 * await store.close()
 * ```
 */
export class FileStore implements IJournalStore {
  private readonly dir: string
  private readonly runs: string
  private readonly processes: IProcesses
  private readonly token: string = randomUUID()
  private readonly services: JournalServices
  private readonly journals: Map<string, FileRunJournal> = new Map()
  /** Runs whose journals have failed, and were not opened since. */
  private readonly failed: Set<string> = new Set()
  /** What is done to one run is done one after the other. */
  private readonly turns: Map<string, Promise<unknown>> = new Map()
  private readonly pages: EntryPages
  private locked: Promise<StoreLock> | undefined
  private closing: Promise<void> | undefined

  /** @throws HeddleError `INVALID_OPTION` */
  constructor(options: FileStoreOptions) {
    const { fsync = 'group', fsyncEveryMs = 10, maxOpenFiles = 512, files = nodeFiles, clock = systemClock } = options
    checkOptions({ ...options, fsync, fsyncEveryMs, maxOpenFiles })
    this.dir = path.resolve(options.dir)
    this.runs = path.join(this.dir, 'runs')
    this.processes = options.processes ?? nodeProcesses
    this.pages = new EntryPages(files)
    this.services = {
      files,
      handles: new OpenHandles(files, maxOpenFiles),
      fsync,
      fsyncEveryMs,
      clock,
      syncs: new ParallelLimit(maxParallelSyncs),
      runNames: new SharedSync(() => files.syncFolder(this.runs)),
      closed: (journal, hasFailed) => {
        if (this.journals.get(journal.runId) === journal) this.journals.delete(journal.runId)
        if (hasFailed) this.failed.add(journal.runId)
      },
    }
  }

  create(runId: string): Promise<RunJournal> {
    return this.writing(runId, async (folder) => {
      await this.checkFree(runId)
      const journal = await createJournal(this.services, folder, runId)
      this.journals.set(runId, journal)
      return journal
    })
  }

  open(runId: string): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined> {
    return this.writing(runId, async (folder) => {
      await this.checkFree(runId)
      const opened = await openJournal(this.services, folder, runId, this.failed.has(runId))
      if (opened !== undefined) this.journals.set(runId, opened.journal)
      this.failed.delete(runId)
      return opened
    })
  }

  async read(runId: string, upTo?: number): Promise<JournalContents | undefined> {
    checkRunId(runId)
    checkUpTo(runId, upTo)
    const { files } = this.services
    return this.reading(runId, async (folder) => (await loadJournal(files, folder, runId, upTo))?.contents)
  }

  async readEntries(runId: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[] | undefined> {
    checkRunId(runId)
    checkPage(runId, afterSeq, limit)
    return this.reading(runId, (folder) => this.pages.read(folder, runId, afterSeq, limit))
  }

  async *list(): AsyncIterable<JournalSummary> {
    const { files } = this.services
    const damaged: HeddleError[] = []
    try {
      await checkFormat(files, this.dir)
      for (const name of listIfThere(files, this.runs)) {
        const runId = runIdOf(name)
        const summary = runId === undefined ? undefined : await this.summarize(runId, damaged)
        if (summary !== undefined) yield summary
      }
    } catch (error) {
      throw asUnavailable(error, `the runs in ${this.dir} could not be listed`, { path: this.dir })
    }
    if (damaged.length > 0) throw damagedJournals(damaged)
  }

  remove(runId: string): Promise<void> {
    return this.writing(runId, async (folder) => {
      const journal = this.journals.get(runId)
      // If it could not be synced, whoever waited for that was told; it is not wanted any more.
      if (journal !== undefined) await Promise.allSettled([journal.abandon()])
      await removeJournal(this.services, folder)
      this.failed.delete(runId)
    })
  }

  close(): Promise<void> {
    this.closing ??= this.shut()
    return this.closing
  }

  private folderOf(runId: string): string {
    return path.join(this.runs, folderName(runId))
  }

  private checkOpen(): void {
    if (this.closing !== undefined) throw storeIsClosed()
  }

  /** A journal has one writer; one that failed, or is about to be closed, makes room for the next. */
  private async checkFree(runId: string): Promise<void> {
    const journal = this.journals.get(runId)
    if (journal === undefined) return
    if (!journal.isOver) throw journalIsOpen(runId)
    await Promise.allSettled([journal.abandon()])
  }

  private async reading<T>(runId: string, read: (folder: string) => Promise<T>): Promise<T> {
    try {
      await checkFormat(this.services.files, this.dir)
      return await readShared(() => read(this.folderOf(runId)))
    } catch (error) {
      throw asUnavailable(error, `the journal of run "${runId}" could not be read in ${this.dir}`, { runId })
    }
  }

  /** Does something to one run, after what was asked of it before. */
  private async writing<T>(runId: string, work: (folder: string) => Promise<T>): Promise<T> {
    checkRunId(runId)
    this.checkOpen()
    const turn = (this.turns.get(runId) ?? Promise.resolve()).then(async () => {
      await this.lock()
      this.checkOpen()
      return work(this.folderOf(runId))
    })
    const settled = turn.catch(() => undefined) // the caller is told
    this.turns.set(runId, settled)
    try {
      return await turn
    } catch (error) {
      throw asUnavailable(error, `the store in ${this.dir} could not be written for run "${runId}"`, { runId })
    } finally {
      if (this.turns.get(runId) === settled) this.turns.delete(runId)
    }
  }

  private lock(): Promise<StoreLock> {
    this.locked ??= this.prepare().catch((error: unknown) => {
      this.locked = undefined // the next call tries again
      throw error
    })
    return this.locked
  }

  private async prepare(): Promise<StoreLock> {
    const { files, fsync } = this.services
    await checkFormat(files, this.dir) // before anything is changed
    await makeFolders(files, this.dir, fsync !== 'never')
    const lock = takeStoreLock(files, path.join(this.dir, 'lock'), this.processes, this.token)
    try {
      if (!(await checkFormat(files, this.dir))) await writeFormat(files, this.dir)
      await makeFolders(files, this.runs, fsync !== 'never')
      return lock
    } catch (error) {
      lock.release()
      throw error
    }
  }

  private async summarize(runId: string, damaged: HeddleError[]): Promise<JournalSummary | undefined> {
    try {
      return await readShared(() => summarizeJournal(this.services.files, this.folderOf(runId), runId))
    } catch (error) {
      if (!isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
      damaged.push(error)
      return undefined
    }
  }

  private async shut(): Promise<void> {
    await Promise.allSettled(this.turns.values())
    const closed = await Promise.allSettled([...this.journals.values()].map((journal) => journal.close()))
    try {
      const lock = await this.locked
      lock?.release()
    } catch (error) {
      throw asUnavailable(error, `the lock of the store in ${this.dir} could not be released`, { path: this.dir })
    }
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }
}

function damagedJournals(errors: readonly HeddleError[]): HeddleError {
  const runIds = errors.map(({ details }) => details['runId'])
  return new HeddleError(
    'JOURNAL_CORRUPT',
    `${errors.length} runs of the store have journals that cannot be read: ${runIds.join(', ')}; put their files back from a backup, or remove them`,
    { details: { runIds }, cause: errors[0] },
  )
}

function checkOptions({
  dir,
  fsync,
  fsyncEveryMs,
  maxOpenFiles,
}: Required<Pick<FileStoreOptions, CheckedOption>>): void {
  const problem =
    typeof dir !== 'string' || dir === ''
      ? 'dir is the path of a folder'
      : !['never', 'group', 'always'].includes(fsync)
        ? 'fsync is "never", "group" or "always"'
        : !(Number.isFinite(fsyncEveryMs) && fsyncEveryMs >= 0)
          ? 'fsyncEveryMs is a number of milliseconds from 0 up'
          : !(Number.isSafeInteger(maxOpenFiles) && maxOpenFiles > 0)
            ? 'maxOpenFiles is a whole number from 1 up'
            : undefined
  if (problem === undefined) return
  const details = { dir, fsync, fsyncEveryMs, maxOpenFiles }
  throw new HeddleError('INVALID_OPTION', `the options of a FileStore are not right: ${problem}`, { details })
}

type CheckedOption = 'dir' | 'fsync' | 'fsyncEveryMs' | 'maxOpenFiles'
