import { visitKey } from '../src/model/visit.ts'
import type { RunFact } from '../src/model/run-event.ts'
import type { EdgeMark } from '../src/model/mark.ts'
import type { ReferenceOutcome, ReferenceWarning, SettledStatus } from './reference-model/run-record.ts'

/** What a finished run came to, folded from its facts, in the terms of the reference model. Map items are left out. */
export function outcomeOfFacts(facts: readonly RunFact[]): ReferenceOutcome {
  const visits = new Map<string, SettledStatus>()
  const handled = new Set<string>()
  const skipReasons = new Map<
    string,
    ReferenceOutcome['skipReasons'] extends ReadonlyMap<string, infer R> ? R : never
  >()
  const marks = new Map<string, EdgeMark>()
  const warnings: ReferenceWarning[] = []
  const settle = (key: string, status: SettledStatus): void => {
    if (visits.has(key) && !(visits.get(key) === 'failed' && status === 'failed')) {
      throw new Error(`${key} settled twice`)
    }
    visits.set(key, status)
  }
  for (const fact of facts) {
    if (fact.type === 'node.completed') {
      settle(visitKey(fact), 'completed')
      if (fact.insteadOf !== undefined) handled.add(visitKey({ nodeId: fact.insteadOf, iteration: fact.iteration }))
    } else if (fact.type === 'node.failed') {
      settle(visitKey(fact), 'failed')
      if (fact.handledBy !== undefined) handled.add(visitKey(fact))
      else if (fact.insteadOf !== undefined) {
        handled.delete(visitKey({ nodeId: fact.insteadOf, iteration: fact.iteration }))
      }
    } else if (fact.type === 'node.skipped') {
      settle(visitKey(fact), 'skipped')
      skipReasons.set(visitKey(fact), fact.reason.type)
    } else if (fact.type === 'node.cancelled') settle(visitKey(fact), 'cancelled')
    else if (fact.type === 'edge.taken' || fact.type === 'edge.skipped' || fact.type === 'edge.failed') {
      const key = `${fact.edge}@${fact.iteration.join('.')}`
      if (marks.has(key)) throw new Error(`${key} marked twice`)
      marks.set(key, fact.type.slice('edge.'.length) as EdgeMark)
    } else if (fact.type === 'warning' && (fact.code === 'UNROUTED_ACTION' || fact.code === 'EXIT_RETAKEN')) {
      const edge = /edge "([^"]+)"/u.exec(fact.message)?.[1]
      warnings.push({
        code: fact.code,
        node: fact.nodeId ?? '',
        ...(fact.code === 'EXIT_RETAKEN' && edge !== undefined ? { edge } : {}),
      })
    }
  }
  const hasUnhandled = [...visits].some(([key, status]) => status === 'failed' && !handled.has(key))
  return {
    status: hasUnhandled ? 'failed' : 'completed',
    visits,
    handled,
    skipReasons,
    marks,
    deps: new Map(),
    warnings,
    overlapped: new Set(),
  }
}
