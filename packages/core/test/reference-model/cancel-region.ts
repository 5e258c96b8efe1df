import { visitKey } from '../../src/model/visit.ts'
import type { VisitName } from '../../src/model/visit.ts'
import { loopsAround } from './reference-graph.ts'
import type { ReferenceGraph } from './reference-graph.ts'
import { fail } from './run-record.ts'
import type { Run, VisitRecord } from './run-record.ts'

/**
 * Settles as cancelled what a completed visit's node names and has not settled: visits in the same iteration of the loops around
 * both nodes, and in every iteration that has begun of the loops further in. Answers them, for their edges to be skipped.
 */
export function cancelRegion(run: Run, { nodeId, iteration }: VisitName): VisitRecord[] {
  const named = new Set(run.graph.nodes.get(nodeId)?.config?.cancels)
  const cancelled: VisitRecord[] = []
  for (const other of named) {
    const places = regionOf(run.graph, nodeId, iteration, other, (header) => run.visits.has(visitKey(header)))
    for (const place of places) {
      const visit = cancelVisit(run, { nodeId: other, iteration: place })
      if (visit !== undefined) cancelled.push(visit)
    }
  }
  return cancelled
}

/** The iterations in which a node can be cancelled by the visit of another one. An iteration has begun once its header was decided. */
function regionOf(
  graph: ReferenceGraph,
  nodeId: string,
  iteration: readonly number[],
  cancelled: string,
  isDecided: (header: VisitName) => boolean,
): number[][] {
  const around = loopsAround(graph, cancelled)
  const shared = loopsAround(graph, nodeId).filter((loop) => around.includes(loop)).length
  let places = [iteration.slice(0, shared)]
  for (const loop of around.slice(shared)) {
    places = places.flatMap((place) => {
      const begun = [[...place, 0]]
      const header = (): VisitName => ({ nodeId: loop.header, iteration: [...place, begun.length] })
      while (isDecided(header())) begun.push([...place, begun.length])
      return begun
    })
  }
  return places
}

function cancelVisit(run: Run, name: VisitName): VisitRecord | undefined {
  const known = run.visits.get(visitKey(name))
  if (known === undefined) {
    const visit: VisitRecord = { name, status: 'cancelled', isHandled: false, deps: [] }
    run.visits.set(visitKey(name), visit)
    return visit
  }
  if (known.status === 'ready') known.status = 'cancelled'
  else if (known.status === 'replaced') cancelFallback(run, known)
  else return undefined
  return known
}

/** The fallback that stands in is cancelled. The failure stays a handled one: nobody needs its handling any more. */
function cancelFallback(run: Run, replaced: VisitRecord): void {
  const { nodeId, iteration } = replaced.name
  const fallback = run.graph.nodes.get(nodeId)?.config?.fallback ?? fail(`${nodeId} has no fallback`)
  const substitute = run.visits.get(visitKey({ nodeId: fallback, iteration, insteadOf: nodeId }))
  if (substitute?.status !== 'ready') fail(`the fallback of ${nodeId} is not live`)
  substitute.status = 'cancelled'
  replaced.status = 'failed'
  replaced.isHandled = true
}
