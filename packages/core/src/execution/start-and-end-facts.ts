import type { HeddleError } from '../errors/heddle-error.ts'
import { definitionHash } from '../graph/definition-hash.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { toErrorData } from '../model/error-data.ts'
import type { RunFact } from '../model/run-event.ts'

/** Codes of errors that end a run by themselves, whatever its visits do. */
const endsRun: ReadonlySet<string> = new Set(['RUN_DEADLINE', 'MAX_ITERATIONS'])

/**
 * The last fact of a run.
 *
 * @param failures in the order in which they happened; a failed run tells the one that ended it
 */
export function endFact(
  status: 'completed' | 'failed' | 'cancelled',
  failures: readonly HeddleError[],
  output: () => unknown,
): RunFact {
  if (status === 'cancelled') return { type: 'run.cancelled' }
  const error = failures.find(({ code }) => endsRun.has(code)) ?? failures[0]
  return status === 'failed' && error !== undefined
    ? { type: 'run.failed', error: toErrorData(error) }
    : { type: 'run.completed', output: output() }
}

/** The first fact of a run. */
export function startFact(blueprint: WorkflowBlueprint, input: unknown): RunFact {
  return { type: 'run.started', workflowId: blueprint.id, definitionHash: definitionHash(blueprint), input }
}
