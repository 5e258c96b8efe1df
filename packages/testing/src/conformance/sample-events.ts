import type { RunEvent } from '@heddle/core'

/** An event of a node. */
export function started(nodeId: string): RunEvent {
  return { type: 'node.started', nodeId, iteration: [], attempt: 1, seq: 1, at: 0, runId: 'run' }
}

/** An event of a run. */
export function resumed(seq: number): RunEvent {
  return { type: 'run.resumed', seq, at: 0, runId: 'run' }
}
