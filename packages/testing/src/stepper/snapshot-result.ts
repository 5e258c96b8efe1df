import type { WorkflowResult } from '@heddle/core'

/** A copy of a result as it is now: the result of a run that goes on shows what the run has when it is read. */
export function snapshotResult(result: WorkflowResult): WorkflowResult {
  const record = result.toRecord()
  return { ...record, serialize: result.serialize.bind(result), toRecord: () => ({ ...record }) }
}
