import type { DefinitionFlags } from '../flags/run-flags.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { cancelInStore } from '../run/cancel-in-store.ts'
import { existingStore } from '../store/file-store.ts'
import { withStreams } from './attended-run.ts'
import { repairTeller } from './stored-run-advice.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle cancel`. */
export interface CancelFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
  readonly reason?: string
}

/**
 * `heddle cancel RUN FILE`: ends a run of a store as cancelled; no handler is called. A run that has ended is left as it is, one that is being
 * compensated undoes what is left, and fails.
 *
 * @returns the exit code: 0 if the run is cancelled now
 * @throws HeddleError for a run that cannot be opened
 */
export function cancelCommand(runId: string, file: string, flags: CancelFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async ({ log, errors, isJson }) => {
    const store = await existingStore(flags.store, repairTeller(errors))
    const definition = await loadValidDefinition(file, flags, errors)
    const reason = flags.reason ?? 'cancelled from the command line'
    const { result, wasCompensated } = await cancelInStore(definition, store, runId, reason)
    if (isJson) new Printer(io.stdout, io.env).document(jsonText(result, 2))
    const { styles } = log
    const id = printableLine(runId)
    if (result.status !== 'cancelled') {
      const why = wasCompensated ? 'was being compensated, so what it did was undone' : 'had ended before'
      errors.line(`${styles.yellow('warning:')} run ${id} ${why}: it is ${result.status}.`)
      return exitCodes.failed
    }
    if (!isJson) log.line(`${styles.yellow('cancelled')} run ${id}`)
    return exitCodes.completed
  })
}
