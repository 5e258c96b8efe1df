import { HeddleError } from '../errors/heddle-error.ts'
import type { JournalledDefinition } from './journalled-definition.ts'

/** Why a run cannot go over to a definition. */
export function migrationRefused(
  runId: string,
  { blueprint }: Pick<JournalledDefinition, 'blueprint'>,
  reasons: readonly string[],
): HeddleError {
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  return new HeddleError(
    'MIGRATION_REFUSED',
    `run "${runId}" cannot go on with this definition of workflow "${blueprint.id}":\n${list}`,
    { details: { runId, reasons } },
  )
}
