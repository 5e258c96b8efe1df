import { writeFile } from 'node:fs/promises'
import { exportRun, HeddleError } from '@heddle/core'
import { exitCodes } from '../exit-codes.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { counted } from '../output/counted.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { existingStore } from '../store/file-store.ts'

/** Options of `heddle export`. */
export interface ExportFlags extends StoreFlags {
  /** The file to write; without it the export goes to stdout. */
  readonly out?: string
}

/**
 * `heddle export RUN`: writes a run of a store, with its child runs, as one JSON document. It needs no lock.
 *
 * @returns the exit code
 * @throws HeddleError for a run that is not there or cannot be read, and for a file that cannot be written
 */
export async function exportCommand(runId: string, flags: ExportFlags, io: Io): Promise<number> {
  const store = await existingStore(flags.store)
  const exported = await exportRun(store, runId)
  const text = JSON.stringify(exported)
  const { out } = flags
  if (out === undefined) {
    new Printer(io.stdout, io.env).document(text)
    return exitCodes.completed
  }
  try {
    await writeFile(out, `${text}\n`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HeddleError('INVALID_OPTION', `--out "${out}" could not be written: ${reason}.`, {
      details: { option: 'out' },
      cause: error,
    })
  }
  const { entries, children } = exported
  const added = children.length === 0 ? '' : `, with ${counted(children.length, 'child run')}`
  const errors = new Printer(io.stderr, io.env)
  errors.line(`wrote run ${printableLine(runId)} to ${printableLine(out)}: ${entries.length} events${added}`)
  return exitCodes.completed
}
