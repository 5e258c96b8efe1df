import path from 'node:path'
import type { IFiles } from './files.ts'
import { readHeader, type OpenJournal, type ReadHeader } from './read-entries.ts'
import { listSnapshots } from './snapshot-files.ts'
import { journalCorrupt } from './storage-errors.ts'
import { listIfThere, openIfThere, readAhead, temporaryEnding } from './whole-files.ts'

/** The file of a journal in the folder of its run. */
export function journalPath(folder: string): string {
  return path.join(folder, 'journal.log')
}

/** Notes that a run is being removed: what is still in its folder, without a journal beside it, is no damage. */
export function removedPath(folder: string): string {
  return `${journalPath(folder)}.removed${temporaryEnding}`
}

/**
 * A journal that has no entry is one of a run that was never begun.
 *
 * @throws HeddleError `JOURNAL_CORRUPT` if there are snapshots of it: they are written after the entries that they follow from
 */
function refuseLost(files: IFiles, folder: string, runId: string): void {
  const [seq] = listSnapshots(files, folder)
  if (seq === undefined || listIfThere(files, folder).includes(path.basename(removedPath(folder)))) return
  const what = `there is a snapshot of it after entry ${seq}, and it has no entry, or is gone`
  throw journalCorrupt({ runId, file: journalPath(folder), offset: 0, seq: 0 }, what)
}

/**
 * Opens a journal to look into it behind its header, and closes it. `undefined` if it has no entry.
 *
 * @param look answers `undefined` if it found no entry
 * @throws HeddleError `JOURNAL_CORRUPT`, also if it has no entry and there are snapshots of it; an error of the system
 */
export async function lookIntoJournal<T>(
  files: IFiles,
  folder: string,
  runId: string,
  look: (journal: OpenJournal, head: ReadHeader) => Promise<T | undefined>,
): Promise<T | undefined> {
  const file = openIfThere(files, journalPath(folder))
  let found: T | undefined
  if (file !== undefined) {
    try {
      const journal: OpenJournal = { runId, path: journalPath(folder), file: await readAhead(file) }
      const head = await readHeader(journal)
      if (head !== undefined) found = await look(journal, head)
    } finally {
      file.close()
    }
  }
  if (found === undefined) refuseLost(files, folder, runId)
  return found
}
