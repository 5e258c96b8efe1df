import { HeddleError, importRun, isHeddleError, type ImportOptions, type RunExport } from '@heddle/core'
import { parseJson, readTextFile } from '../definition/read-json.ts'
import { exitCodes } from '../exit-codes.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { storeIn } from '../store/file-store.ts'
import { repairTeller } from './stored-run-advice.ts'

/** Options of `heddle import`. */
export interface ImportFlags extends StoreFlags {
  /** The id of the run in this store. */
  readonly runId?: string
}

/**
 * `heddle import FILE`: writes an exported run into a store, which is made if it is not there.
 *
 * @returns the exit code
 * @throws HeddleError for a file that is no export, and for a store that has a run of this id
 */
export async function importCommand(file: string, flags: ImportFlags, io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const text = await readTextFile(file, 'FILE')
  const exported = parseJson(text, `FILE "${file}"`, 'INVALID_OPTION') as RunExport
  const options: ImportOptions = flags.runId === undefined ? {} : { runId: flags.runId }
  const store = storeIn(flags.store, repairTeller(errors))
  try {
    const runId = await importRun(store, exported, options)
    new Printer(io.stdout, io.env).line(`run ${printableLine(runId)} is in ${printableLine(flags.store)}`)
    return exitCodes.completed
  } catch (error) {
    if (!isHeddleError(error, 'JOURNAL_CORRUPT')) throw error
    const details = { ...error.details, file }
    throw new HeddleError('JOURNAL_CORRUPT', `FILE "${file}": ${error.message}`, { details, cause: error })
  } finally {
    await store.close()
  }
}
