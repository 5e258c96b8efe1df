import type { Definition } from '../definition/definition.ts'
import { parseAnswer, type Answer } from '../flags/answers.ts'
import { readRunSettings, type RunFlags, type RunSettings } from '../flags/run-flags.ts'
import { typedCommand } from '../flags/typed-command.ts'
import type { Io } from '../io.ts'
import { waitLines } from '../output/wait-lines.ts'
import { startRun } from '../run/definition-runs.ts'
import { runInProcess } from '../run/run-in-process.ts'
import { runInStore } from '../run/run-in-store.ts'
import { storeIn } from '../store/file-store.ts'
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
          ? waitLines(result.waits, typedCommand('heddle run', file, flags), now, streams.errors.styles)
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
  const store = storeIn(flags.store, repairTeller(errors))
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
