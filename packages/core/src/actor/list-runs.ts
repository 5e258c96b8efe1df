import { HeddleError } from '../errors/heddle-error.ts'
import type { ListedRun, RunFilter, RunPage } from '../model/run-page.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunPlace, RunRecord } from '../ports/run-records.ts'
import { storedStatus } from './explain-stored-run.ts'

/** How many runs a page asks the store for at once, and how many it looks at in all if the filter leaves most of them out. */
const atATime = 100
const lookedAt = 1000

/** One page of the runs of a store. @throws HeddleError `INVALID_OPTION` for a limit or a cursor that is none; what the store throws */
export async function listRuns(store: ICoordinationStore, filter: RunFilter): Promise<RunPage> {
  const { limit = 50 } = filter
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 1000) {
    const message = `limit must be a whole number from 1 to 1000, and is ${String(limit)}`
    throw new HeddleError('INVALID_OPTION', message, { details: { option: 'limit', given: limit } })
  }
  const runs: ListedRun[] = []
  let after = filter.cursor === undefined ? undefined : placeOf(filter.cursor)
  for (let looked = 0; looked < lookedAt; looked += atATime) {
    const records = await store.listRuns(atATime, after)
    for (const record of records) {
      after = record
      const listed = await wanted(store, record, filter)
      if (listed !== undefined) runs.push(listed)
      if (runs.length === limit) return { runs, cursor: cursorOf(record) }
    }
    if (records.length < atATime) return { runs }
  }
  return { runs, ...(after === undefined ? {} : { cursor: cursorOf(after) }) }
}

/** The run as it is listed, unless the filter leaves it out. What its record says is asked first: the status of a live run costs a look. */
async function wanted(
  store: ICoordinationStore,
  record: RunRecord,
  { workflowId, tag, children = false, status: statuses }: RunFilter,
): Promise<ListedRun | undefined> {
  if (!children && record.parentRunId !== undefined) return undefined
  if (workflowId !== undefined && record.workflowId !== workflowId) return undefined
  if (tag !== undefined && !record.tags.includes(tag)) return undefined
  const status = await statusOf(store, record)
  if (status === undefined) return undefined
  if (statuses !== undefined && ![statuses].flat().includes(status)) return undefined
  const { incarnation: _incarnation, ...listed } = record
  return { ...listed, status }
}

/** `undefined` if the run was removed meanwhile. */
async function statusOf(store: ICoordinationStore, record: RunRecord): Promise<RunStatus | 'running' | undefined> {
  if (record.status !== 'live') return record.status
  const head = await store.readRun(record.runId)
  return head?.incarnation === record.incarnation ? storedStatus(store, head) : undefined
}

function cursorOf({ startedAt, runId }: RunPlace): string {
  return `${startedAt}:${runId}`
}

function placeOf(cursor: string): RunPlace {
  const found = /^(?<startedAt>\d{1,15}):(?<runId>.+)$/su.exec(cursor)?.groups
  if (found !== undefined) return { startedAt: Number(found['startedAt']), runId: found['runId'] ?? '' }
  const message = 'the cursor is none; give the one that came with the page before, as it is'
  throw new HeddleError('INVALID_OPTION', message, { details: { option: 'cursor', given: cursor } })
}
