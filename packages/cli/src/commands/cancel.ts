import path from 'node:path'
import { HeddleError, isHeddleError } from '@heddle/core'
import { readMigration } from '../flags/json-option.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import { commandText, type StoreFlags } from '../flags/store-flags.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { quote } from '../output/wait-lines.ts'
import { cancelInStore } from '../run/cancel-in-store.ts'
import { existingStore } from '../store/file-store.ts'
import { withStreams } from './attended-run.ts'
import { repairTeller } from './stored-run-advice.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle cancel`. */
export interface CancelFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
  readonly reason?: string
  /** New ids of nodes by old ones: JSON, or @file. */
  readonly migrate?: string
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
    const migrate = flags.migrate === undefined ? {} : { migrate: await readMigration(flags.migrate) }
    const cancelling = cancelInStore(definition, store, runId, { reason, ...migrate })
    const { result, wasCompensated } = await cancelling.catch((error: unknown) => {
      throw isHeddleError(error, 'DEFINITION_MISMATCH') ? changedSince(error, runId, file, flags) : error
    })
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

/** A run that another definition was cancelled with would be one that its journal does not tell of. */
function changedSince(cause: HeddleError, runId: string, file: string, flags: CancelFlags): HeddleError {
  const { store, registry, export: exportName } = flags
  const words = ['heddle cancel', quote(runId), quote(path.normalize(file))]
  const command = commandText(words, { store, registry, export: exportName, migrate: '{}' })
  return new HeddleError(
    'DEFINITION_MISMATCH',
    `Run "${runId}" began with another definition than the one that ${file} holds now. What a cancel cuts off is decided by the nodes and edges of the run, which its journal does not hold. Cancel it with the file as it was, or with the one of now, with new ids of nodes that were renamed by old ones: ${command}`,
    { details: cause.details, cause },
  )
}
