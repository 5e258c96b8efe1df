import type { CompiledGraph } from '../../graph/compiled-graph.ts'
import { nameVisit, type Visit } from '../../kernel/visit.ts'
import type { VisitName } from '../../model/visit.ts'

/** Who waits: a visit, or a durable call of its handler. */
export interface Waiter {
  readonly visit: Visit
  /** Name and occurrence of the call. */
  readonly call?: string | undefined
}

/** The fields by which a fact names who waits. */
export function nameWaiter(graph: CompiledGraph, { visit, call }: Waiter): VisitName & { readonly call?: string } {
  const name = nameVisit(graph, visit)
  return call === undefined ? name : { ...name, call }
}
