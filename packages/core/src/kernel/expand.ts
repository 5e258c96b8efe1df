import { isHeddleError, type HeddleError } from '../errors/heddle-error.ts'
import { expandGraph } from '../graph/expansion.ts'
import type { Expansion } from '../model/outcome.ts'
import type { Control } from './control.ts'
import { visitCode } from './status-codes.ts'
import { nameVisit, type Visit } from './visit.ts'

/** Adds what a handler returned to the graph of its run, in the iteration of its visit; answers why it cannot be added. */
export function expand(control: Control, visit: Visit, expansion: Expansion): HeddleError | undefined {
  const { frame } = visit
  try {
    const { graph, nodes, edges } = expandGraph(
      control.graph,
      { node: visit.routes, path: frame.path, isUndecided: (node) => frame.status(node) === visitCode.pending },
      expansion,
    )
    control.graph = graph
    frame.extend(graph, nodes.length, edges.length)
  } catch (error) {
    if (isHeddleError(error)) return error
    throw error
  }
  control.facts?.push({ type: 'graph.expanded', ...nameVisit(control.graph, visit), expansion })
  return undefined
}
