import { diffRuns } from '@heddle/core'
import { exitCodes } from '../exit-codes.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { diffLines } from '../output/diff-lines.ts'
import { jsonText } from '../output/plain-json.ts'
import { Printer } from '../output/printer.ts'
import { existingStore } from '../store/file-store.ts'
import { readEvents } from '../store/read-journal.ts'

/** Options of `heddle diff`. */
export interface DiffFlags extends StoreFlags {
  readonly json?: boolean
}

/**
 * `heddle diff RUN_A RUN_B`: what differs between two runs of a store. It needs no lock.
 *
 * @returns the exit code: 1 if anything but the times differs
 * @throws HeddleError for a run that is not there or cannot be read
 */
export async function diffCommand(a: string, b: string, flags: DiffFlags, io: Io): Promise<number> {
  const out = new Printer(io.stdout, io.env)
  const store = await existingStore(flags.store)
  const diff = diffRuns(await readEvents(store, a), await readEvents(store, b))
  if (flags.json === true) out.document(jsonText({ a, b, ...diff }, 2))
  else {
    const columns = out.columns
    out.lines(diffLines(a, b, diff, { styles: out.styles, columns }))
  }
  const isSame = diff.status === undefined && diff.visits.size + diff.edges.size + diff.outputs.size === 0
  return isSame ? exitCodes.completed : exitCodes.failed
}
