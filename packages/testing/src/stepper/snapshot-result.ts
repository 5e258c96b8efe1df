import type { WorkflowResult } from '@heddle/core'

/** A copy of a result as it is now: the result of a run that goes on shows what the run has when it is read. */
export function snapshotResult(result: WorkflowResult): WorkflowResult {
  const { runId, status, output, outputs, context, errors, waits, skipped, cancelled } = result
  const text = result.serialize.bind(result)
  return {
    runId,
    status,
    output,
    outputs: { ...outputs },
    context: { ...context },
    errors: [...errors],
    waits: [...waits],
    skipped: [...skipped],
    cancelled: [...cancelled],
    serialize: text,
  }
}
