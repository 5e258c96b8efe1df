import path from 'node:path'
import { runExists } from '../memory/journal-rules.ts'
import type { JournalContents } from '../ports/journal-store.ts'
import { isMissing } from './files.ts'
import { FileRunJournal } from './file-run-journal.ts'
import type { JournalServices } from './journal-services.ts'
import { loadJournal } from './load-journal.ts'
import { journalPath, removedPath } from './look-into-journal.ts'
import { listSnapshots, removeSnapshot } from './snapshot-files.ts'
import { listIfThere, readInto, removeIfThere, temporaryEnding, writeAll } from './whole-files.ts'

const chunkSize = 256 * 1024

/**
 * Begins the journal of a new run.
 *
 * @throws HeddleError `RUN_CONFLICT`, `JOURNAL_CORRUPT`; an error of the system
 */
export async function createJournal(services: JournalServices, folder: string, runId: string): Promise<FileRunJournal> {
  const { files } = services
  if (!files.makeFolder(folder)) {
    if ((await loadJournal(files, folder, runId)) !== undefined) throw runExists(runId)
    await sweep(services, folder, 0)
  }
  const journal = new FileRunJournal(services, folder, { header: { runId, base: 0 }, start: 0, seq: 0, end: 0 })
  return abandoningOnError(journal, async () => {
    journal.file.handle.create()
    await journal.begin()
    return journal
  })
}

/**
 * Opens the journal of a run to go on with it, what a crash tore off at its end being cut away; `undefined` if there is none.
 *
 * @param hasFailed whether a sync of it may have failed in this process: what is read then may not be on the disk, and some systems
 *   take it for written, so it is written once more
 * @throws HeddleError `JOURNAL_CORRUPT`; an error of the system
 */
export async function openJournal(
  services: JournalServices,
  folder: string,
  runId: string,
  hasFailed: boolean,
): Promise<{ readonly journal: FileRunJournal; readonly contents: JournalContents } | undefined> {
  const { files, fsync } = services
  const loaded = await loadJournal(files, folder, runId)
  if (loaded === undefined) return undefined
  const { contents, size, ...extent } = loaded
  const journal = new FileRunJournal(services, folder, extent)
  const droppedBytes = size - extent.end
  return abandoningOnError(journal, async () => {
    const { handle } = journal.file
    if (droppedBytes > 0) handle.use().truncate(extent.end)
    if (droppedBytes > 0 && fsync !== 'never') await handle.sync()
    if (hasFailed && fsync !== 'never') await writeAgain(services, journal)
    await sweep(services, folder, extent.seq)
    await journal.begin()
    const repair = droppedBytes > 0 && { repair: { offset: extent.end, droppedBytes, file: journalPath(folder) } }
    return { journal, contents: { ...contents, ...repair } }
  })
}

/**
 * Removes a run, also a damaged one: its journal first, so that a crash leaves no part of a run. Where there are snapshots it is noted
 * before that what is left of them is no damage.
 *
 * @throws an error of the system
 */
export async function removeJournal({ files, fsync, runNames }: JournalServices, folder: string): Promise<void> {
  const names = listIfThere(files, folder)
  const note = removedPath(folder)
  const hasSnapshots = listSnapshots(files, folder).length > 0
  const syncNames = async (): Promise<void> => (fsync === 'never' ? undefined : files.syncFolder(folder))
  if (hasSnapshots) {
    files.open(note, 'create').close()
    await syncNames()
  }
  if (removeIfThere(files, journalPath(folder))) await syncNames()
  for (const name of names) if (path.join(folder, name) !== note) removeIfThere(files, path.join(folder, name))
  if (hasSnapshots) await syncNames()
  removeIfThere(files, note)
  try {
    files.removeFolder(folder)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  if (fsync !== 'never') await runNames.cover(runNames.changed())
}

async function writeAgain({ files }: JournalServices, { file: { handle, held } }: FileRunJournal): Promise<void> {
  const file = files.open(handle.path, 'read')
  try {
    const chunk = Buffer.allocUnsafe(Math.min(held.end, chunkSize))
    for (let offset = 0; offset < held.end; offset += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, held.end - offset))
      await readInto(file, part, offset)
      writeAll(handle.use(), part, offset)
    }
  } finally {
    file.close()
  }
}

async function abandoningOnError<T>(journal: FileRunJournal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await journal.abandon()
    throw error
  }
}

/** Removes what a crash left behind, and snapshots of entries that were lost: of those behind `seq`. */
async function sweep({ files, fsync }: JournalServices, folder: string, seq: number): Promise<void> {
  const lost = listSnapshots(files, folder).filter((one) => one > seq)
  for (const one of lost) removeSnapshot(files, folder, one)
  const names = files.list(folder).filter((name) => name.endsWith(temporaryEnding))
  // One of them may say that the snapshots are no damage.
  if (lost.length > 0 && names.length > 0 && fsync !== 'never') await files.syncFolder(folder)
  for (const name of names) files.removeFile(path.join(folder, name))
}
