import { HeddleError, type FlowRuntime, type OpenOptions, type RunHandle } from '@heddle/core'
import { parseAnswer, type Answer } from '../flags/answers.ts'
import { readJsonOption, readMigration } from '../flags/json-option.ts'
import { readConcurrency, type DefinitionFlags } from '../flags/run-flags.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { openRun } from '../run/definition-runs.ts'
import { runInStore } from '../run/run-in-store.ts'
import { existingStore } from '../store/file-store.ts'
import { findStoredWait } from '../store/stored-waits.ts'
import { attendRun, withStreams } from './attended-run.ts'
import { repairTeller, storedRunAdvice } from './stored-run-advice.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle resume`. */
export interface ResumeFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
  /** Name or id of the wait that is answered first. */
  readonly wait?: string
  readonly payload?: string
  readonly action?: string
  readonly answer?: readonly string[]
  readonly concurrency?: string
  /** New ids of nodes by old ones: JSON, or @file. */
  readonly migrate?: string
}

/**
 * `heddle resume RUN FILE`: goes on with a run of a store in this process, after it has answered a wait of it if one is named.
 *
 * @returns the exit code
 * @throws HeddleError for what is refused before the run goes on, the answer too
 */
export function resumeCommand(runId: string, file: string, flags: ResumeFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async (streams) => {
    const { errors } = streams
    const given = await readAnswer(flags)
    const answers = (flags.answer ?? []).map(parseAnswer)
    const options = await readOptions(flags)
    const store = await existingStore(flags.store, repairTeller(errors))
    const definition = await loadValidDefinition(file, flags, errors)
    // Before anything goes on: an answer that nothing asks for starts no attempt.
    const found = given === undefined ? undefined : await findStoredWait(store, runId, given.wait)
    // In another definition the node may have another name, and its wait another id.
    const first = options.migrate === undefined ? found?.waitId : given?.wait
    const open = (runtime: FlowRuntime): Promise<RunHandle> => openRun(runtime, definition, runId, options)
    return attendRun(streams, {
      definition,
      onSignal: 'let go',
      run: async (listener, signal) => {
        const wanted = given === undefined || first === undefined ? [] : [{ ...given, wait: first }]
        const request = { definition, store, runId, open, answers: [...wanted, ...answers] }
        const report = await runInStore(request, listener, signal)
        const refused = report.refused.find(({ wait }) => wait === first)
        if (refused !== undefined) throw refused.reason
        return report
      },
      advice: storedRunAdvice(file, flags, errors.styles),
    })
  })
}

async function readOptions({ concurrency, migrate }: ResumeFlags): Promise<OpenOptions> {
  return {
    ...(concurrency === undefined ? {} : { concurrency: readConcurrency(concurrency) }),
    ...(migrate === undefined ? {} : { migrate: await readMigration(migrate) }),
  }
}

async function readAnswer({ wait, payload, action }: ResumeFlags): Promise<Answer | undefined> {
  if (wait === undefined) {
    if (payload === undefined && action === undefined) return undefined
    throw new HeddleError('INVALID_OPTION', '--payload and --action answer a wait: name it with --wait.', {
      details: { option: 'wait' },
    })
  }
  if (payload === undefined) {
    throw new HeddleError(
      'INVALID_OPTION',
      '--wait names a wait to answer: give the answer with --payload, such as --payload null.',
      {
        details: { option: 'payload' },
      },
    )
  }
  return {
    wait,
    payload: await readJsonOption('--payload', payload),
    ...(action === undefined ? {} : { action }),
  }
}
