import type { RunPlace, RunRecord } from '../ports/run-records.ts'
import type { MemoryRun } from './memory-run.ts'

/** The runs behind a place in the list of all runs. */
export function listRuns(runs: Iterable<MemoryRun>, limit: number, after: RunPlace | undefined): readonly RunRecord[] {
  const behind: RunRecord[] = []
  for (const run of runs) {
    const record = recordOf(run)
    if (after === undefined || comparePlaces(after, record) < 0) behind.push(record)
  }
  return behind.sort(comparePlaces).slice(0, limit)
}

/** Which of two runs stands first: the one that was started later. */
function comparePlaces(one: RunPlace, other: RunPlace): number {
  if (one.startedAt !== other.startedAt) return other.startedAt - one.startedAt
  if (one.runId === other.runId) return 0
  return one.runId > other.runId ? -1 : 1
}

function recordOf({ start, status, startedAt, endedAt }: MemoryRun): RunRecord {
  const { runId, incarnation, workflowId, definitionHash, parent, tags = [] } = start
  return {
    runId,
    incarnation,
    workflowId,
    definitionHash,
    status,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    tags: [...tags],
    ...(parent === undefined ? {} : { parentRunId: parent.runId }),
  }
}
