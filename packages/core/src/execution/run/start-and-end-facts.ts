import type { HeddleError } from '../../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../../model/blueprint.ts'
import { toErrorData } from '../../model/error-data.ts'
import type { FailurePolicy } from '../../model/policy.ts'
import type { RunFact } from '../../model/run-event.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import type { Engine } from '../engine/engine.ts'
import { pinnedHash } from '../engine/pinned-hash.ts'
import type { EndConditions } from '../engine/limit-watch.ts'

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
  cancelReason: string | undefined,
): RunFact {
  if (status === 'cancelled') {
    return { type: 'run.cancelled', ...(cancelReason === undefined ? {} : { reason: cancelReason }) }
  }
  const error = causeOfEnd(failures)
  return status === 'failed' && error !== undefined
    ? { type: 'run.failed', error: toErrorData(error) }
    : { type: 'run.completed', output: output() }
}

/** Of the failures of a run, in the order in which they happened, the one that ended it. */
export function causeOfEnd(failures: readonly HeddleError[]): HeddleError | undefined {
  return failures.find(({ code }) => endsRun.has(code)) ?? failures[0]
}

/** What a run is started with beside its input. */
interface StartOptions extends EndConditions {
  readonly parentRunId?: string | undefined
  readonly depth?: number | undefined
  readonly tags?: readonly string[] | undefined
}

/** The first fact of a run: all that it was given beside its definition. */
export function startFact(
  engine: Engine,
  blueprint: WorkflowBlueprint,
  { input, shared }: Pick<WorkflowState, 'input' | 'shared'>,
  onFailure: FailurePolicy,
  { deadlineMs, parentRunId, depth = 0, tags = [] }: StartOptions,
): RunFact {
  const context = shared.toRecord()
  return {
    type: 'run.started',
    workflowId: blueprint.id,
    definitionHash: pinnedHash(engine, blueprint),
    input,
    onFailure,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(parentRunId === undefined ? {} : { parentRunId }),
    ...(depth === 0 ? {} : { depth }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(Object.keys(context).length === 0 ? {} : { context: { ...context } }),
  }
}
