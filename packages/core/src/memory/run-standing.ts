import type { RunStanding } from '../ports/run-records.ts'
import type { MemoryRun } from './memory-run.ts'

/** How a run stands, with cells by name. */
export function describeStanding(run: MemoryRun, names: readonly string[]): RunStanding {
  const { workflowId, definitionHash, onFailure, parent } = run.start
  return {
    revision: run.revision,
    writtenBy: run.writtenBy,
    cells: run.readCells(new Set(['run', ...names])),
    onFailure,
    workflowId,
    definitionHash,
    ...(parent === undefined ? {} : { parent }),
    expansions: [...run.expansions],
    ...(run.failures[0] === undefined ? {} : { firstFailure: run.failures[0] }),
  }
}
