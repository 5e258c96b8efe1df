import { FlowRuntime, type IJournalStore, type WorkflowResult } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { openRun, portsOf } from './definition-runs.ts'

/**
 * Ends a run of a store as cancelled, without an attempt of any of its visits. The store is closed then.
 *
 * @returns the result of the run, which may have ended before in another way
 * @throws HeddleError what opening the run throws
 */
export async function cancelInStore(
  definition: Definition,
  store: IJournalStore,
  runId: string,
  reason: string,
): Promise<WorkflowResult> {
  const runtime = new FlowRuntime({ ...portsOf(definition), store })
  try {
    // A signal that was aborted before cancels the run before anything of it goes on.
    const run = await openRun(runtime, definition, runId, { signal: AbortSignal.abort(reason) })
    return await run.result()
  } finally {
    await runtime.close()
  }
}
