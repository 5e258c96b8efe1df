import { HeddleError } from '../errors/heddle-error.ts'
import { runConflict } from '../errors/run-errors.ts'
import type { ISerializer } from '../ports/serializer.ts'
import type { InputText } from './input-text.ts'

/** What makes two starts of one run id the same. */
interface Given {
  readonly hash: string
  readonly input: InputText
}

/** The definition of a run that is started again: a `JournalledDefinition` among others. */
interface StartedAgain {
  readonly hash: string
  readonly engine: { readonly serializer: ISerializer }
}

/**
 * Whether two starts of a run id mean one run: in this process, in a journal store, wherever. Inputs are the same if their texts are, as the
 * serializer writes them.
 *
 * @throws HeddleError `RUN_CONFLICT` if a run of this id was started with another definition or input
 */
export function checkSame(definition: StartedAgain, runId: string, input: unknown, before: Given): void {
  const what = difference(definition, input, before)
  if (what !== undefined) throw runConflict(runId, what)
}

function difference({ hash, engine }: StartedAgain, input: unknown, before: Given): string | undefined {
  if (before.hash !== hash) return 'definition'
  return before.input() === engine.serializer.serialize(input) ? undefined : 'input'
}

/** The error for a run that is opened with another definition than the one that it began with. */
export function definitionMismatch(runId: string, workflowId: string, expected: string, given: string): HeddleError {
  return new HeddleError(
    'DEFINITION_MISMATCH',
    `run "${runId}" began with another definition of workflow "${workflowId}"; open it with the definition that it began with, or migrate it`,
    { details: { runId, expected, given } },
  )
}
