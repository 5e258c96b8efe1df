import type { SkipReason } from '../model/visit.ts'
import type { Control } from './control.ts'
import { visitCode } from './status-codes.ts'
import { setStatus } from './visit-status.ts'
import { nameVisit, type Visit } from './visit.ts'

/** Settles a visit that was ready and has not begun. */
export function settleUnstarted(control: Control, visit: Visit, reason: SkipReason): void {
  const { frame, node, item, insteadOf } = visit
  if (item !== -1 || insteadOf !== -1 || frame.wasAttempted(node)) {
    cancelVisit(control, visit)
    return
  }
  frame.setStatus(node, visitCode.skipped)
  control.facts?.push({ type: 'node.skipped', ...nameVisit(control.graph, visit), reason })
}

/** Cuts a visit off. */
export function cancelVisit({ facts, graph }: Control, visit: Visit): void {
  setStatus(visit, visitCode.cancelled)
  const name = nameVisit(graph, visit)
  facts?.push({ type: 'node.cancelled', ...name })
  if (visit.item !== -1) facts?.push({ type: 'map.item', ...name, status: 'cancelled' })
}
