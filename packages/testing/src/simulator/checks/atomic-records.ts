import { visitKey, visitStatusOf, type ICoordinationStore, type VisitCell } from '@heddle/core'
import type { Settlement } from './run-ledger.ts'
import type { Report } from './violation.ts'
import type { WatchedRun } from './watched-run.ts'

/** After a commit: what the journal says, the cells and the dispatches must say too. */
export async function checkRecords(
  store: ICoordinationStore,
  { head, ledger }: WatchedRun,
  settled: readonly Settlement[],
  report: Report,
): Promise<void> {
  const dispatches = await store.readDispatches(head)
  const dispatched = new Set(dispatches.map(({ visit }) => visitKey(visit)))
  const expected = ledger.underWay()
  const lacking = expected.find((key) => !dispatched.has(key))
  if (lacking !== undefined) {
    report('G3', `visit "${lacking}" of run "${head.runId}" is under way by the journal, but it is not dispatched`)
  } else if (dispatched.size > expected.length) {
    report('G3', `run "${head.runId}" has ${dispatched.size} visits dispatched, ${expected.length} by its journal`)
  }
  if (settled.length === 0) return
  const cells = await store.readCells(
    head,
    settled.map(({ key }) => `v:${key}`),
  )
  for (const { key, status } of settled) {
    const cell = cells[`v:${key}`] as VisitCell | undefined
    const stored = cell === undefined ? 'pending' : visitStatusOf(cell)
    if (stored === status) continue
    report('G3', `visit "${key}" of run "${head.runId}" is ${status} by the journal and ${stored} by its cell`)
  }
}
