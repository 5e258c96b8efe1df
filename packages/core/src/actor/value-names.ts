import { visitKey, type VisitName } from '../model/visit.ts'
import { childPlace } from '../model/wait-id.ts'

/** Name of the value that is the input of the run. */
export const inputValue = 'input'

/** Name of the value that is the output of the run, where it is not that of one visit. */
export const runOutputValue = 'output'

/** The visit whose outgoing edges a visit decides: itself, or the one in whose place it runs. */
function routedVisit({ nodeId, iteration, insteadOf }: VisitName): VisitName {
  return { nodeId: insteadOf ?? nodeId, iteration }
}

/** Name of the output of a visit: of a fallback the one of the visit in whose place it runs, of an item its own. */
export function outputValue(visit: VisitName): string {
  return `o:${visitKey(visit.item === undefined ? routedVisit(visit) : visit)}`
}

/** Name of what an outgoing edge carries instead of the output. */
export function transformedValue(visit: VisitName, ordinal: number): string {
  return `t:${visitKey(routedVisit(visit))}/${ordinal}`
}

/** Name of the error of a failed visit that its fallback is given. */
export function errorValue(visit: VisitName): string {
  return `e:${visitKey(routedVisit(visit))}`
}

/** Name of the input that a completed visit was given, where it is kept in case the visit has to be undone. */
export function keptInputValue(visit: VisitName): string {
  return `y:${visitKey(visit)}`
}

/** Name of the error of the failure that ended a run that is compensated. */
export const failureValue = 'failure'

/** Name of an item of a map. */
export function itemValue(visit: VisitName, item: number): string {
  return `n:${visitKey({ ...visit, item })}`
}

/** Name of the error of the first item of a map that failed. */
export function itemErrorValue(visit: VisitName): string {
  const { item: _item, ...map } = visit
  return `x:${visitKey(map)}`
}

/** Name of the input of the child run that a visit starts. */
export function childInputValue(visit: VisitName): string {
  return `c:${visitKey(visit)}`
}

/** Name of the input of the child run that a durable call of a visit starts in one of its attempts. */
export function callInputValue(visit: VisitName, call: string, attempt: number): string {
  return `c:${childPlace(visit, call)}/${attempt}`
}

/** Name of the output or error of a child run. */
export function childResultValue(childRunId: string): string {
  return `r:${childRunId}`
}
