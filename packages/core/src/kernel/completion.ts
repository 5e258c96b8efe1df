import { siteKey } from '../graph/expansion-site.ts'
import type { CompletedOutcome } from '../model/outcome.ts'
import type { HeddleError } from '../errors/heddle-error.ts'
import { cancelRegion } from './cancel-region.ts'
import type { Control } from './control.ts'
import { expand } from './expand.ts'
import { failFallback, failVisit } from './failure.ts'
import { writeMark } from './marks.ts'
import { keptInput, noteDone } from './note-undo.ts'
import { isUnrouted, routeCompleted } from './route-edges.ts'
import { finishSettlement, markAll } from './settle.ts'
import { markCode, visitCode } from './status-codes.ts'
import { isPlainVisit, nameVisit, nodeId, type Visit } from './visit.ts'

/** Settles a visit that completed: its edges get their marks, and what follows from them is decided. */
export function completeVisit(control: Control, visit: Visit, outcome: CompletedOutcome): void {
  const { frame } = visit
  if (outcome.expansion !== undefined) {
    const refused = expand(control, visit, outcome.expansion)
    if (refused !== undefined) {
      refuseExpansion(control, visit, refused)
      return
    }
  }
  if (control.facts !== undefined) noteCompletion(control, visit, outcome)
  const node = visit.routes
  if (visit.insteadOf === -1) frame.setStatus(node, visitCode.completed)
  else {
    frame.setFallbackStatus(node, visitCode.completed)
    frame.setStatus(node, visitCode.failed)
  }
  if (control.log !== undefined) noteDone(control, visit, outcome)
  if (control.graph.cancels.size > 0) cancelRegion(control, visit)
  markRouted(control, visit, node, outcome)
  finishSettlement(control, frame.activation)
}

function refuseExpansion(control: Control, visit: Visit, error: HeddleError): void {
  control.refusal = error
  if (visit.insteadOf === -1) failVisit(control, visit, { status: 'failed', error })
  else failFallback(control, visit, error)
}

function markRouted(control: Control, visit: Visit, node: number, outcome: CompletedOutcome): void {
  const { graph } = control
  const { outStart, outEdges } = graph
  const start = outStart[node] as number
  const end = outStart[node + 1] as number
  for (let at = start; at < end; at++) {
    const edge = outEdges[at] as number
    writeMark(control, visit.frame, edge, routeCompleted(graph, edge, at - start, outcome), -1)
  }
  if (outcome.expansion === undefined) return
  const added = graph.addedOut.get(siteKey(node, visit.frame.path)) ?? []
  for (const [ordinal, edge] of added.entries()) {
    writeMark(control, visit.frame, edge, routeCompleted(graph, edge, end - start + ordinal, outcome), -1)
  }
}

/** Writes the facts about a visit that completed. */
export function noteCompletion(control: Control, visit: Visit, outcome: CompletedOutcome): void {
  const { graph } = control
  const facts = control.facts ?? []
  for (const { key, value, replace } of outcome.writes ?? []) {
    const name = nameVisit(graph, visit)
    facts.push({ type: 'context.changed', ...name, key, value, ...(replace === true ? { replace } : {}) })
  }
  const { output, action, conditions, transformed } = outcome
  const isBare = action === undefined && conditions === undefined && transformed === undefined
  if (isPlainVisit(visit) && isBare && control.log === undefined) {
    facts.push({ type: 'node.completed', nodeId: nodeId(graph, visit.node), iteration: visit.frame.path, output })
  } else {
    facts.push({
      type: 'node.completed',
      ...nameVisit(graph, visit),
      output,
      ...keptInput(control, visit, outcome),
      ...(action === undefined ? {} : { action }),
      ...(conditions === undefined ? {} : { conditions }),
      ...(transformed === undefined ? {} : { transformed }),
    })
  }
  if (!isUnrouted(graph, visit.routes, outcome)) return
  const id = nodeId(graph, visit.routes)
  facts.push({
    type: 'warning',
    code: 'UNROUTED_ACTION',
    message: `node "${id}" answered ${action === undefined ? 'no action' : `action "${action}"`}, and none of its action edges matches`,
    nodeId: id,
    iteration: visit.frame.path,
  })
}

/** Settles a visit whose `when` said no after its join had fired: nothing behind it is chosen. */
export function skipStartedVisit(control: Control, visit: Visit): void {
  const { node, frame } = visit
  control.facts?.push({ type: 'node.skipped', ...nameVisit(control.graph, visit), reason: { type: 'when' } })
  frame.setStatus(node, visitCode.skipped)
  markAll(control, frame, node, markCode.skipped, -1)
  finishSettlement(control, frame.activation)
}
