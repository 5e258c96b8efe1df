import { HeddleError } from '../src/errors/heddle-error.ts'
import { decide } from '../src/kernel/decide.ts'
import { nameVisit, type Visit } from '../src/kernel/visit.ts'
import type { Outcome } from '../src/model/outcome.ts'
import type { RunFact } from '../src/model/run-event.ts'
import { visitKey } from '../src/model/visit.ts'
import { GraphTraverser } from '../src/traversal/graph-traverser.ts'
import type { Scenario } from './reference-model/random-graph.ts'

/** The facts of a scenario for which the kernel alone is driven, the ready visits settling in the order that `choose` picks. */
export function runKernel(
  { blueprint, results }: Scenario,
  choose: (keys: readonly string[]) => number,
  deliveries = 1,
): RunFact[] {
  const { control } = new GraphTraverser(blueprint, { onFailure: 'continue' })
  const facts: RunFact[] = []
  control.facts = facts
  const ready: Visit[] = []
  const takeReady = (): void => {
    for (let visit = control.ready.shift(); visit !== undefined; visit = control.ready.shift()) ready.push(visit)
  }
  const { graph } = control
  const outcomeOf = (visit: Visit): Outcome => {
    const { nodeId, iteration, insteadOf } = nameVisit(graph, visit)
    const result = results(nodeId, iteration, insteadOf)
    const start = graph.outStart[visit.routes] as number
    const edges = graph.outEdges.slice(start, graph.outStart[visit.routes + 1])
    const conditions = edges.map((edge) =>
      graph.edges[edge]?.condition === undefined ? undefined : result.conditions?.[graph.edgeKey(edge)] === true,
    )
    if ('fail' in result) return { status: 'failed', error: new HeddleError('NODE_FAILED', 'it fails'), conditions }
    return { status: 'completed', output: undefined, action: result.action, conditions }
  }
  decide(control, { type: 'begin' })
  takeReady()
  while (ready.length > 0) {
    const [visit] = ready.splice(choose(ready.map((candidate) => visitKey(nameVisit(graph, candidate)))), 1)
    if (visit === undefined) break
    const outcome = outcomeOf(visit)
    decide(control, { type: 'started', visit })
    for (let delivery = 0; delivery < deliveries; delivery++) {
      decide(control, { type: 'settled', visit, outcome, random: 0 })
    }
    takeReady()
  }
  if (!control.hasEnded) throw new Error(`the run is ${control.run.phase} at its end`)
  return facts
}
