import { exitCodes } from '../exit-codes.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { compactRun } from '../store/compact-run.ts'
import { existingStore } from '../store/file-store.ts'
import { repairTeller } from './stored-run-advice.ts'

/** Options of `heddle compact`. */
export interface CompactFlags extends StoreFlags {
  readonly json?: boolean
}

/**
 * `heddle compact RUN`: drops what a run has in its journal before its newest snapshot, and goes on with nothing. Child runs are left as
 * they are.
 *
 * @returns the exit code: 0 also if there was nothing to drop
 * @throws HeddleError for a run that is not there, and for a store that another process writes to
 */
export async function compactCommand(runId: string, flags: CompactFlags, io: Io): Promise<number> {
  const out = new Printer(io.stdout, io.env)
  const store = await existingStore(flags.store, repairTeller(new Printer(io.stderr, io.env)))
  const { firstSeq, formerSeq } = await compactRun(store, runId)
  const id = printableLine(runId)
  if (flags.json === true) out.document(jsonText({ runId, dropped: firstSeq - formerSeq, firstSeq }, 2))
  else if (firstSeq > formerSeq) {
    out.line(
      `dropped events ${formerSeq} to ${firstSeq - 1} of run ${id}: its journal begins with a snapshot, and event ${firstSeq}`,
    )
  } else {
    out.line(`nothing was dropped of run ${id}: it has no snapshot behind event ${formerSeq}, where its journal begins`)
  }
  return exitCodes.completed
}
