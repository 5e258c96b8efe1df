import path from 'node:path'
import type { Definition } from '../definition/definition.ts'
import { parseAnswer, type Answer } from '../flags/answers.ts'
import { readRunSettings, type RunFlags, type RunSettings } from '../flags/run-flags.ts'
import { commandText } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { quote, waitLines } from '../output/wait-lines.ts'
import { startRun } from '../run/definition-runs.ts'
import { runInProcess } from '../run/run-in-process.ts'
import { runInStore } from '../run/run-in-store.ts'
import { MendingStore } from '../store/file-store.ts'
import { attendRun, withStreams, type Streams } from './attended-run.ts'
import { repairTeller, storedRunAdvice } from './stored-run-advice.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle run`. */
export interface RunCommandFlags extends RunFlags {
  readonly json?: boolean
  readonly answer?: readonly string[]
  /** The folder that keeps the run. */
  readonly store?: string
}

/**
 * `heddle run FILE`: runs a workflow in this process, shows how it goes, then what came of it. With a store the run is kept there; the
 * same run id again goes on with it.
 *
 * @returns the exit code
 * @throws HeddleError for what is refused before the run starts
 */
export function runCommand(file: string, flags: RunCommandFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async (streams) => {
    const settings = await readRunSettings(flags)
    const answers = (flags.answer ?? []).map(parseAnswer)
    const definition = await loadValidDefinition(file, flags, streams.errors)
    const { store } = flags
    if (store !== undefined) return runKept(streams, definition, { ...flags, store }, settings, answers)
    return attendRun(streams, {
      definition,
      onSignal: 'cancel',
      run: (listener, signal) => runInProcess(definition, settings, answers, listener, signal),
      advice: ({ result }, now) =>
        result.status === 'awaiting'
          ? waitLines(result.waits, commandLine(file, flags), now, streams.errors.styles)
          : [],
    })
  })
}

function runKept(
  streams: Streams,
  definition: Definition,
  flags: RunCommandFlags & { readonly store: string },
  { input, runId, ...options }: RunSettings,
  answers: readonly Answer[],
): Promise<number> {
  const { errors } = streams
  const given = runId === undefined ? options : { ...options, runId }
  const store = new MendingStore(flags.store, repairTeller(errors))
  return attendRun(streams, {
    definition,
    onSignal: 'let go',
    run: (listener, signal) =>
      runInStore(
        { definition, store, runId, open: (runtime) => startRun(runtime, definition, input, given), answers },
        listener,
        signal,
      ),
    advice: storedRunAdvice(definition.file, flags, errors.styles),
  })
}

/** The command as it was typed, without its answers. */
function commandLine(file: string, flags: RunCommandFlags): string {
  const { registry, input, runId, concurrency, deadline } = flags
  return commandText(['heddle run', quote(path.normalize(file))], {
    registry,
    export: flags.export,
    input,
    'run-id': runId,
    concurrency,
    deadline,
  })
}
