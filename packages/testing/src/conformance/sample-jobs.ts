import type { RunJob } from '@heddle/core'

/** A job of a run that nobody looks for. */
export function jobOf(id: string, fields: Partial<RunJob> = {}): RunJob {
  return {
    id,
    runId: 'run',
    incarnation: 'i',
    definitionHash: 'h',
    visit: { nodeId: id, iteration: [] },
    dispatch: 1,
    ...fields,
  }
}
