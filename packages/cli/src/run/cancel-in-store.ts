import { FlowRuntime, type IJournalStore, type Migration, type WorkflowResult } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { openRun, portsOf } from './definition-runs.ts'

/** What a run came to that was to be cancelled. */
export interface CancelledRun {
  /** The run may have ended before in another way. */
  readonly result: WorkflowResult
  /** It was being compensated when it was cancelled, and so has failed. */
  readonly wasCompensated: boolean
}

/** How a run is cancelled. */
export interface CancelOptions {
  readonly reason: string
  /** Where its definition has changed since: how its nodes were renamed. */
  readonly migrate?: Migration
}

/**
 * Ends a run of a store as cancelled, without an attempt of any of its visits; one that is being compensated undoes what is left. The store
 * is closed then.
 *
 * @throws HeddleError what opening the run throws
 */
export async function cancelInStore(
  definition: Definition,
  store: IJournalStore,
  runId: string,
  { reason, migrate }: CancelOptions,
): Promise<CancelledRun> {
  const runtime = new FlowRuntime({ ...portsOf(definition), store })
  try {
    // A signal that was aborted before cancels the run before anything of it goes on.
    const signal = AbortSignal.abort(reason)
    const run = await openRun(runtime, definition, runId, { signal, ...(migrate === undefined ? {} : { migrate }) })
    const result = await run.result()
    const journal = result.status === 'failed' ? await run.journal() : []
    const wasCompensated = journal.some((event) => event.type === 'warning' && event.code === 'CANCELLED_TOO_LATE')
    return { result, wasCompensated }
  } finally {
    await runtime.close()
  }
}
