import type { ReferenceEdge } from './reference-graph.ts'

/** What a handler gave. `conditions` are the values of the conditions of the source's edges by edge key. */
export type ReferenceResult =
  | { readonly fail: true; readonly conditions?: Readonly<Record<string, boolean>> }
  | { readonly action?: string; readonly conditions?: Readonly<Record<string, boolean>> }

/** The result of each visit: a pure function of its name, so that it does not depend on the order. */
export type ReferenceResults = (nodeId: string, iteration: readonly number[], insteadOf?: string) => ReferenceResult

/** Keys of the edges of a node that its result takes. */
export function takenEdges(outgoing: readonly ReferenceEdge[], result: ReferenceResult): Set<string> {
  const taken = outgoing.filter(({ key, definition: { on, action, condition } }) => {
    const isFailure = 'fail' in result
    if (isFailure !== (on === 'error')) return false
    // A failure has no action, so an error edge with one is never taken.
    if (action !== undefined && (isFailure || result.action !== action)) return false
    if (condition === undefined) return true
    const value = result.conditions?.[key]
    if (value === undefined) throw new Error(`Reference model: no value given for the condition of ${key}`)
    return value
  })
  return new Set(taken.map((edge) => edge.key))
}

/** Whether an error edge takes a failure. */
export function isErrorHandled(outgoing: readonly ReferenceEdge[], result: ReferenceResult): boolean {
  return 'fail' in result && takenEdges(outgoing, result).size > 0
}

/** Whether a node has action edges and its action is on none of them. No action at all is on none of them either. */
export function isUnrouted(outgoing: readonly ReferenceEdge[], result: ReferenceResult): boolean {
  if ('fail' in result) return false
  const actions = outgoing
    .filter((edge) => edge.definition.on !== 'error')
    .flatMap((edge) => edge.definition.action ?? [])
  return actions.length > 0 && (result.action === undefined || !actions.includes(result.action))
}
