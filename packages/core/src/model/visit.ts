/** Status of a visit. In backoff a visit is `ready`, with a time. */
export type VisitStatus = 'pending' | 'ready' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled'

/**
 * Names one visit: a node, the iteration of each loop around it (outermost first, `[]` outside loops), the item index inside a
 * map, and for a fallback node the node in whose place it runs. What undoes a visit when a run is compensated is a visit of its own.
 */
export interface VisitName {
  readonly nodeId: string
  readonly iteration: readonly number[]
  readonly item?: number
  readonly insteadOf?: string
  /** Set for the visit that undoes the one of this name. */
  readonly compensates?: true
}

/**
 * Why a visit was skipped: it was not chosen, its `when` said no, it was cut off by the failure of another node, the run ended before
 * it (a cancel, a deadline), or, for a fallback node, nobody needed it.
 */
export type SkipReason =
  | { readonly type: 'not-chosen' }
  | { readonly type: 'when' }
  | { readonly type: 'cut-off'; readonly by: string }
  | { readonly type: 'run-ended' }
  | { readonly type: 'not-needed' }

/**
 * The textual name of a visit: `node`, then `@1.2` inside loops, `[7]` inside a map, `^failed` for a fallback, and `~` if it undoes
 * the visit of that name. Every separator lies outside the alphabet of ids, so names are unambiguous.
 */
export function visitKey(visit: VisitName): string {
  const loop = visit.iteration.length === 0 ? '' : `@${visit.iteration.join('.')}`
  const item = visit.item === undefined ? '' : `[${visit.item}]`
  const instead = visit.insteadOf === undefined ? '' : `^${visit.insteadOf}`
  return `${visit.nodeId}${loop}${item}${instead}${visit.compensates === true ? '~' : ''}`
}
