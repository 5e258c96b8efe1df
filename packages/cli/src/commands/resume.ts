import { HeddleError, type FlowRuntime, type RunHandle } from '@heddle/core'
import { parseJson, readTextFile } from '../definition/read-json.ts'
import { parseAnswer, type Answer } from '../flags/answers.ts'
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
    const concurrency = flags.concurrency === undefined ? {} : { concurrency: readConcurrency(flags.concurrency) }
    const store = await existingStore(flags.store, repairTeller(errors))
    const definition = await loadValidDefinition(file, flags, errors)
    // Before anything goes on: an answer that nothing asks for starts no attempt.
    const first = given === undefined ? undefined : await findStoredWait(store, runId, given.wait)
    const open = (runtime: FlowRuntime): Promise<RunHandle> => openRun(runtime, definition, runId, concurrency)
    return attendRun(streams, {
      definition,
      onSignal: 'let go',
      run: async (listener, signal) => {
        const wanted = given === undefined || first === undefined ? [] : [{ ...given, wait: first.waitId }]
        const request = { definition, store, runId, open, answers: [...wanted, ...answers] }
        const report = await runInStore(request, listener, signal)
        const refused = report.refused.find(({ wait }) => wait === first?.waitId)
        if (refused !== undefined) throw refused.reason
        return report
      },
      advice: storedRunAdvice(file, flags, errors.styles),
    })
  })
}

async function readAnswer({ wait, payload, action }: ResumeFlags): Promise<Answer | undefined> {
  if (wait === undefined) {
    if (payload === undefined && action === undefined) return undefined
    throw new HeddleError('INVALID_OPTION', '--payload and --action answer a wait: name it with --wait.', {
      details: { option: 'wait' },
    })
  }
  return { wait, payload: await readPayload(payload), ...(action === undefined ? {} : { action }) }
}

async function readPayload(given: string | undefined): Promise<unknown> {
  if (given === undefined) return undefined
  if (!given.startsWith('@')) {
    return parseJson(given, '--payload', 'INVALID_OPTION', ` A text needs quotes of its own: --payload '"text"'.`)
  }
  const file = given.slice(1)
  const text = await readTextFile(file, 'The file of --payload')
  return parseJson(text, `The file "${file}" of --payload`, 'INVALID_OPTION')
}
