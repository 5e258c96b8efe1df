import { stat } from 'node:fs/promises'
import path from 'node:path'
import {
  blobJournalStore,
  HeddleError,
  type IJournalStore,
  type JournalContents,
  type JournalRepair,
  type RunJournal,
} from '@heddle/core'
import { FileBlobStore, FileStore } from '@heddle/core/node'

/** Tells of a journal whose end was cut off when it was opened. */
export type TakeRepair = (runId: string, repair: JournalRepair) => void

/** The store of a folder, which tells what it repaired. */
class MendingStore extends FileStore {
  private readonly onRepair: TakeRepair

  constructor(dir: string, onRepair: TakeRepair) {
    super({ dir })
    this.onRepair = onRepair
  }

  override async open(
    runId: string,
  ): Promise<{ readonly journal: RunJournal; readonly contents: JournalContents } | undefined> {
    const opened = await super.open(runId)
    const repair = opened?.contents.repair
    if (repair !== undefined) this.onRepair(runId, repair)
    return opened
  }
}

/** The store of a folder, with its large values in a folder of their own inside. It is made when something is written. */
export function storeIn(dir: string, onRepair: TakeRepair): IJournalStore {
  const blobs = new FileBlobStore({ dir: path.join(dir, 'blobs') })
  return blobJournalStore({ store: new MendingStore(dir, onRepair), blobs })
}

/**
 * The store of a folder that must be there; it is not locked before something is written.
 *
 * @throws HeddleError `INVALID_OPTION` if there is no such folder
 */
export async function existingStore(dir: string, onRepair: TakeRepair = () => undefined): Promise<IJournalStore> {
  await checkFolder(dir)
  return storeIn(dir, onRepair)
}

/** @throws HeddleError `INVALID_OPTION` */
async function checkFolder(dir: string): Promise<void> {
  const found = await stat(dir).catch((error: unknown) => error)
  if (found instanceof Error) {
    const isMissing = 'code' in found && found.code === 'ENOENT'
    const what = isMissing ? `does not exist (looked in ${process.cwd()})` : `cannot be read (${found.message})`
    throw new HeddleError('INVALID_OPTION', `The folder of --store "${dir}" ${what}.`, {
      details: { option: 'store', dir },
      cause: found,
    })
  }
  if ((found as Awaited<ReturnType<typeof stat>>).isDirectory()) return
  throw new HeddleError('INVALID_OPTION', `--store "${dir}" is a file; name the folder of a store.`, {
    details: { option: 'store', dir },
  })
}
