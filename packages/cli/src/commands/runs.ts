import { exitCodes } from '../exit-codes.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { thrownLines } from '../output/error-lines.ts'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { runTable } from '../output/run-table.ts'
import { existingStore } from '../store/file-store.ts'
import { damagedRuns, listRuns } from '../store/list-runs.ts'

/** Options of `heddle runs`. */
export interface RunsFlags extends StoreFlags {
  readonly json?: boolean
  /** Child runs too. */
  readonly all?: boolean
}

/**
 * `heddle runs`: lists the runs of a store, the newest first. It needs no lock.
 *
 * @returns the exit code: 2 if journals cannot be read, after the others were listed
 * @throws HeddleError for a store that cannot be read
 */
export async function runsCommand(flags: RunsFlags, io: Io): Promise<number> {
  const out = new Printer(io.stdout, io.env)
  const errors = new Printer(io.stderr, io.env)
  const store = await existingStore(flags.store)
  const { runs, damaged } = await listRuns(store, flags.all === true)
  if (flags.json === true) {
    out.document(jsonText({ runs, ...(damaged.length === 0 ? {} : { damaged: damagedRuns(damaged) }) }, 2))
  } else if (runs.length === 0) {
    out.line(out.styles.dim(`No runs in ${printableLine(flags.store)}.`))
  } else {
    out.lines(runTable(runs, Date.now(), out.styles, out.columns))
  }
  if (damaged.length === 0) return exitCodes.completed
  for (const error of damaged) errors.lines(thrownLines(error, errors.styles))
  return exitCodes.usage
}
