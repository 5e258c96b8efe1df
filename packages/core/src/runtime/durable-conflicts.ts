import { HeddleError } from '../errors/heddle-error.ts'
import type { DurableDefinition } from './durable-definition.ts'

/** What makes two starts of one run id the same. */
interface Given {
  readonly hash: string
  readonly input: unknown
}

/** @throws HeddleError `RUN_CONFLICT` if a run of this id was started with another definition or input */
export function checkSame(definition: DurableDefinition, runId: string, input: unknown, before: Given): void {
  const what = difference(definition, input, before)
  if (what === undefined) return
  const message = `run "${runId}" was started before with another ${what}; use another run id`
  throw new HeddleError('RUN_CONFLICT', message, { details: { runId, what } })
}

function difference({ hash, engine }: DurableDefinition, input: unknown, before: Given): string | undefined {
  if (before.hash !== hash) return 'definition'
  const { serializer } = engine
  return serializer.serialize(before.input) === serializer.serialize(input) ? undefined : 'input'
}

/** The error for a run that is opened with another definition than the one that it began with. */
export function definitionMismatch(runId: string, workflowId: string, expected: string, given: string): HeddleError {
  return new HeddleError(
    'DEFINITION_MISMATCH',
    `run "${runId}" began with another definition of workflow "${workflowId}"; open it with the definition that it began with, or migrate it`,
    { details: { runId, expected, given } },
  )
}
