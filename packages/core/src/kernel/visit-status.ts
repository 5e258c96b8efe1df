import type { Control } from './control.ts'
import { visitCode } from './status-codes.ts'
import { CompensationVisit, type Visit } from './visit.ts'

/** Status of exactly this visit: of the map item or the fallback, where it is one. */
export function statusOf(visit: Visit): number {
  const { frame, node, item, insteadOf } = visit
  if (item !== -1) return frame.items(visit.itemsKey)?.status(item) ?? visitCode.pending
  return insteadOf === -1 ? frame.status(node) : frame.fallbackStatus(insteadOf)
}

/** Sets the status of exactly this visit. */
export function setStatus(visit: Visit, status: number): void {
  const { frame, node, item, insteadOf } = visit
  if (item !== -1) frame.items(visit.itemsKey)?.setStatus(item, status)
  else if (insteadOf === -1) frame.setStatus(node, status)
  else frame.setFallbackStatus(insteadOf, status)
}

/** The same, also of what undoes a visit. */
export function statusIn({ run }: Control, visit: Visit): number {
  return visit instanceof CompensationVisit ? (run.undoing?.status ?? visitCode.pending) : statusOf(visit)
}
