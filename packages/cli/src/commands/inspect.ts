import { loadDefinition } from '../definition/load-definition.ts'
import { exitCodes } from '../exit-codes.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import { readAt } from '../flags/json-option.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { inspectLines } from '../output/inspect-lines.ts'
import { jsonText } from '../output/plain-json.ts'
import { Printer } from '../output/printer.ts'
import { existingStore } from '../store/file-store.ts'
import { inspectRun } from '../store/inspect-run.ts'
import { withStreams } from './attended-run.ts'

/** Options of `heddle inspect`. */
export interface InspectFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
  /** The event after which the run is looked at. */
  readonly at?: string
}

/**
 * `heddle inspect RUN [FILE]`: where a run of a store stood after an event. It needs no lock; FILE is needed only for shared values that
 * have reducers.
 *
 * @returns the exit code
 * @throws HeddleError for a run that is not there or cannot be read
 */
export function inspectCommand(runId: string, file: string | undefined, flags: InspectFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async () => {
    const out = new Printer(io.stdout, io.env)
    const at = flags.at === undefined ? undefined : readAt(flags.at)
    const store = await existingStore(flags.store)
    const blueprint = file === undefined ? undefined : (await loadDefinition({ ...flags, file })).blueprint
    const run = await inspectRun(store, runId, at, blueprint)
    if (flags.json === true) out.document(jsonText(run, 2))
    else out.lines(inspectLines(run, Date.now(), out.styles, out.columns))
    return exitCodes.completed
  })
}
