import type { VisitCell } from '../model/cell.ts'
import type { EdgeMark } from '../model/mark.ts'
import type { VisitStatus } from '../model/visit.ts'

/** Statuses of visits as small integers, so that a frame holds them in a flat array. The order of live and settled ones matters. */
export const visitCode = {
  pending: 0,
  ready: 1,
  running: 2,
  waiting: 3,
  completed: 4,
  failed: 5,
  skipped: 6,
  cancelled: 7,
} as const

/** The names of {@link visitCode}, by code. */
const visitNames = Object.keys(visitCode) as readonly VisitStatus[]

/** The status of the visit that a cell stands for. An attempt that is under way is not in the cell: the visit is `ready` then. */
export function visitStatusOf({ status }: VisitCell): VisitStatus {
  return visitNames[status] ?? 'pending'
}

/**
 * Marks of edges as small integers; 0 is an edge without a mark. An edge is `late` that was taken when the join of its target had fired
 * already (`any`, `atLeast`): it hands nothing on, so that every attempt of the target is given the same.
 */
export const markCode = { none: 0, taken: 1, skipped: 2, failed: 3, late: 4 } as const

/** The names of {@link markCode}, by code. */
export const markNames: readonly (EdgeMark | 'none')[] = ['none', 'taken', 'skipped', 'failed', 'taken']

/** Whether a visit with this status has work before it: it is ready, running or waiting. */
export function isLive(status: number): boolean {
  return status >= visitCode.ready && status <= visitCode.waiting
}

/** Whether a visit with this status has settled: nothing changes it any more. */
export function isSettled(status: number): boolean {
  return status >= visitCode.completed
}
