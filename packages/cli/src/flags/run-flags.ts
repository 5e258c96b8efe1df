import { HeddleError, parseDuration, type Duration } from '@heddle/core'
import { readJsonOption } from './json-option.ts'

/** Which definition: the options that all commands have. */
export interface DefinitionFlags {
  readonly registry?: string
  readonly export?: string
}

/** The options of the commands that run something, as they were typed. */
export interface RunFlags extends DefinitionFlags {
  readonly input?: string
  readonly concurrency?: string
  readonly runId?: string
  readonly deadline?: string
}

/** The options of a run as the runtime takes them. */
export interface RunSettings {
  readonly input: unknown
  readonly runId?: string
  readonly concurrency?: number
  readonly deadlineMs?: number
}

/** @throws HeddleError `INVALID_OPTION` with the option and its right form */
export async function readRunSettings(flags: RunFlags): Promise<RunSettings> {
  const { concurrency, runId, deadline } = flags
  return {
    input: flags.input === undefined ? undefined : await readJsonOption('--input', flags.input),
    ...(runId === undefined ? {} : { runId }),
    ...(concurrency === undefined ? {} : { concurrency: readConcurrency(concurrency) }),
    ...(deadline === undefined ? {} : { deadlineMs: readDuration(deadline, '--deadline') }),
  }
}

/** @throws HeddleError `INVALID_OPTION` */
export function readConcurrency(given: string): number {
  const count = Number(given)
  if (/^\d+$/u.test(given) && Number.isSafeInteger(count) && count > 0) return count
  throw new HeddleError('INVALID_OPTION', `--concurrency is "${given}"; it must be a whole number from 1.`, {
    details: { option: 'concurrency' },
  })
}

function readDuration(given: string, option: string): number {
  // Milliseconds may stand without a unit, as numbers do everywhere else.
  const durationMs = parseDuration(/^\d+$/u.test(given) ? Number(given) : (given as Duration), option)
  if (durationMs > 0) return durationMs
  throw new HeddleError('INVALID_OPTION', `${option} is "${given}"; it must be longer than nothing.`, {
    details: { option },
  })
}
