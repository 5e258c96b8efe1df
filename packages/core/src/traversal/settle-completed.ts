import type { Control } from '../kernel/control.ts'
import { decide } from '../kernel/decide.ts'
import { nodeId, type Visit } from '../kernel/visit.ts'
import type { Outcome } from '../model/outcome.ts'

/**
 * Settles nodes that are taken as completed, each as its first visit becomes ready. All other visits stay ready.
 *
 * @param control a run that has just begun
 * @param outcomeOf what the visit of such a node came to
 * @param settled told of each visit once it is settled
 */
export function settleCompleted(
  control: Control,
  ids: ReadonlySet<string>,
  outcomeOf: (visit: Visit, id: string) => Outcome,
  settled?: (visit: Visit, outcome: Outcome) => void,
): void {
  const left = new Set(ids)
  const open: Visit[] = []
  for (let visit = control.ready.shift(); visit !== undefined; visit = control.ready.shift()) {
    const id = nodeId(control.graph, visit.node)
    if (!left.delete(id)) {
      open.push(visit)
      continue
    }
    const outcome = outcomeOf(visit, id)
    decide(control, { type: 'settled', visit, outcome, random: 0 })
    settled?.(visit, outcome)
  }
  for (const visit of open) control.ready.push(visit)
}
