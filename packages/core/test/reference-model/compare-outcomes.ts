import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { loopsLeft, readGraph } from './reference-graph.ts'
import type { ReferenceOutcome } from './run-record.ts'

/**
 * The parts of several runs of one scenario that must be equal in every order, in a form for `toEqual`. Left out is what section 2
 * excepts: which visits fed an `any` or `atLeast` join or, where iterations of a loop overlapped in one of the runs, a target of
 * its exits; and the order of warnings.
 */
export function comparable(blueprint: WorkflowBlueprint, runs: readonly ReferenceOutcome[]): object[] {
  const graph = readGraph(blueprint)
  const isExcepted = (nodeId: string): boolean => {
    const strategy = graph.nodes.get(nodeId)?.config?.joinStrategy
    if (strategy === 'any' || typeof strategy === 'object') return true
    const left = graph.edges.filter((edge) => edge.target === nodeId).flatMap((edge) => loopsLeft(graph, edge))
    return left.some((loop) => runs.some((run) => run.overlapped.has(loop.header)))
  }
  return runs.map((run) => {
    const deps = [...run.deps].filter(([key]) => !isExcepted(key.split(/[@^]/)[0] ?? key))
    return {
      status: run.status,
      visits: sorted(run.visits),
      handled: [...run.handled].sort(),
      skipReasons: sorted(run.skipReasons),
      marks: sorted(run.marks),
      deps: sorted(new Map(deps.map(([key, sources]) => [key, [...sources].sort()]))),
      warnings: run.warnings.map((warning) => `${warning.code} ${warning.node} ${warning.edge ?? ''}`).sort(),
    }
  })
}

function sorted<Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1))
}
