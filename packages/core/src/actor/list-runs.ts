import { HeddleError } from '../errors/heddle-error.ts'
import type { ListedRun, RunFilter, RunPage } from '../model/run-page.ts'
import type { RunStatus } from '../model/run-status.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunPlace, RunRecord } from '../ports/run-records.ts'
import { checkRunFilter } from './check-run-filter.ts'
import { storedStatus } from './explain-stored-run.ts'

/** The fewest runs that a page asks the store for at once, and about how many it looks at in all if the filter leaves most of them out. */
const atATime = 100
const lookedAt = 1000

/** The fewest and the most runs whose standing is asked for at once. */
const fewestLooks = 20
const mostLooks = 100

/** One page of the runs of a store. @throws HeddleError `INVALID_OPTION` for a filter that cannot be meant; what the store throws */
export async function listRuns(store: ICoordinationStore, filter: RunFilter): Promise<RunPage> {
  checkRunFilter(filter)
  const { limit = 50 } = filter
  const asked = Math.max(atATime, limit)
  const runs: ListedRun[] = []
  let after = filter.cursor === undefined ? undefined : placeOf(filter.cursor)
  for (let looked = 0; looked < lookedAt; looked += asked) {
    const records = await store.listRuns(asked, after)
    for (let at = 0; at < records.length;) {
      const looks = Math.min(Math.max(limit - runs.length, fewestLooks), mostLooks)
      const together = records.slice(at, at + looks)
      at += looks
      const found = await Promise.all(together.map((record) => wanted(store, record, filter)))
      for (const [place, record] of together.entries()) {
        after = record
        const listed = found[place]
        if (listed !== undefined) runs.push(listed)
        if (runs.length === limit) return { runs, cursor: cursorOf(record) }
      }
    }
    if (records.length < asked) return { runs }
  }
  return { runs, ...(after === undefined ? {} : { cursor: cursorOf(after) }) }
}

/** The run as it is listed, unless the filter leaves it out. What its record says is asked first: the status of a live run costs a look. */
async function wanted(store: ICoordinationStore, record: RunRecord, filter: RunFilter): Promise<ListedRun | undefined> {
  const { workflowId, tag, children = false, status: statuses } = filter
  if (!children && record.parentRunId !== undefined) return undefined
  if (workflowId !== undefined && record.workflowId !== workflowId) return undefined
  if (tag !== undefined && !record.tags.includes(tag)) return undefined
  const wantedStatuses = statuses === undefined ? undefined : [statuses].flat()
  if (record.status === 'live' && wantedStatuses?.every(isEnd) === true) return undefined
  const status = await statusOf(store, record)
  if (status === undefined || wantedStatuses?.includes(status) === false) return undefined
  const { incarnation: _incarnation, ...listed } = record
  return { ...listed, status }
}

function isEnd(status: RunStatus | 'running'): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
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
