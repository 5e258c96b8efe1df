import type { HeddleError } from '../errors/heddle-error.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { CompletedOutcome } from '../model/outcome.ts'
import type { Control } from './control.ts'
import { CompensationVisit, type Visit } from './visit.ts'

/** Codes of failures after which the handler may have done its work all the same. */
const doubtfulCodes: ReadonlySet<string> = new Set([
  'ATTEMPT_LOST',
  'EXPRESSION_FAILED',
  'INVALID_EXPANSION',
  'INVALID_OUTPUT',
  'INVALID_WRITE',
  'LIMIT_EXCEEDED',
  'NODE_TIMEOUT',
  'NOT_SERIALISABLE',
])

/** Notes a visit that completed, if a run that fails has to undo it. */
export function noteDone({ log, graph }: Control, visit: Visit, outcome: CompletedOutcome): void {
  if (log !== undefined && isUndoable(graph, visit)) log.add(visit, true, outcome)
}

/** Notes a visit of which nobody knows what it did: an attempt was made, and nothing came of it. */
export function noteUnknown({ log, graph }: Control, visit: Visit): void {
  if (log !== undefined && !(visit instanceof CompensationVisit) && isUndoable(graph, visit)) log.add(visit, false)
}

/** The same for an attempt that failed, if its failure leaves room for doubt. */
export function noteFailedAttempt(control: Control, visit: Visit, error: HeddleError): void {
  if (doubtfulCodes.has(error.code)) noteUnknown(control, visit)
}

/** The same for an attempt that was lost and is made again. One of a subflow only asks for its child run, and finds it again. */
export function noteLostAttempt(control: Control, visit: Visit): void {
  if (control.graph.nodes[visit.node]?.uses !== 'subflow') noteUnknown(control, visit)
}

/** Whether a visit can be undone. What a map did is what its items did, so these are undone one by one. */
function isUndoable({ nodes }: CompiledGraph, { node, item }: Visit): boolean {
  const definition = nodes[node]
  return definition?.config?.compensate !== undefined && (item !== -1 || definition.uses !== 'map')
}

/**
 * Whether the input of a completed visit could not be found again if the visit is undone by a process that knows the records only:
 * expressions made it, or its join fired before all edges were marked.
 */
export function isInputFleeting({ nodes, joins }: CompiledGraph, visit: Visit): boolean {
  const join = joins[visit.routes]
  return nodes[visit.node]?.inputs !== undefined || join === 'any' || typeof join === 'object'
}

/** The input of a completed visit, for its journal, if it will be needed and could not be found again. */
export function keptInput(
  { log, graph }: Control,
  visit: Visit,
  outcome: CompletedOutcome,
): { readonly input?: unknown } {
  const isKept = log !== undefined && 'input' in outcome && isUndoable(graph, visit) && isInputFleeting(graph, visit)
  return isKept ? { input: outcome.input } : {}
}
