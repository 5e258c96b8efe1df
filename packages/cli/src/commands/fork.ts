import type { FlowRuntime, RunHandle } from '@heddle/core'
import { parseAnswer } from '../flags/answers.ts'
import { parseSettings, readAt } from '../flags/json-option.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { forkRun } from '../run/definition-runs.ts'
import { runInStore } from '../run/run-in-store.ts'
import { existingStore } from '../store/file-store.ts'
import { readEvents } from '../store/read-journal.ts'
import { attendRun, withStreams } from './attended-run.ts'
import { repairTeller, storedRunAdvice } from './stored-run-advice.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle fork`. */
export interface ForkFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
  /** The event after which the fork begins. */
  readonly at: string
  readonly runId?: string
  /** Outputs that the fork has instead, as `NODE=JSON`. */
  readonly setOutput?: readonly string[]
  /** Shared values that the fork has instead, as `KEY=JSON`. */
  readonly set?: readonly string[]
  /** Whether visits get the outcomes that they had in the run, where they had one. */
  readonly recorded?: boolean
  readonly answer?: readonly string[]
}

/**
 * `heddle fork RUN FILE --at SEQ`: begins a run of its own where another one stood, and goes on with it in this process. The other run
 * stays as it is.
 *
 * @returns the exit code
 * @throws HeddleError for what is refused before the fork begins
 */
export function forkCommand(runId: string, file: string, flags: ForkFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async (streams) => {
    const { errors } = streams
    const at = readAt(flags.at)
    const options = {
      at,
      runId: flags.runId ?? `${runId}-fork-${at}`,
      context: parseSettings('--set', flags.set),
      outputs: parseSettings('--set-output', flags.setOutput),
      ...(flags.recorded === true ? { replay: 'recorded' as const } : {}),
    }
    const answers = (flags.answer ?? []).map(parseAnswer)
    const store = await existingStore(flags.store, repairTeller(errors))
    const definition = await loadValidDefinition(file, flags, errors)
    const past = (await readEvents(store, runId)).filter(({ seq }) => seq <= at)
    const open = (runtime: FlowRuntime): Promise<RunHandle> => forkRun(runtime, definition, runId, options)
    return attendRun(streams, {
      definition,
      onSignal: 'let go',
      run: (listener, signal) => runInStore({ definition, store, past, open, answers }, listener, signal),
      advice: storedRunAdvice(file, flags, errors.styles),
    })
  })
}
