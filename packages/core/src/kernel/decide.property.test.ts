import { describe, expect, it } from 'vitest'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import { randomOrder, seededScenario, type Scenario } from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import type { ReferenceOutcome } from '../../test/reference-model/run-record.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import { visitKey } from '../model/visit.ts'
import { GraphTraverser } from '../traversal/graph-traverser.ts'
import { decide } from './decide.ts'
import { nameVisit, type Visit } from './visit.ts'

/** Drives the kernel alone over a scenario, settling the ready visits in the order that `choose` picks. */
function runKernel(
  { blueprint, results }: Scenario,
  choose: (keys: readonly string[]) => number,
  deliveries = 1,
): ReferenceOutcome {
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
  expect(['completed', 'failed']).toContain(control.run.phase)
  return outcomeOfFacts(facts)
}

describe('the kernel', () => {
  it('makes the same visits and marks as the reference model on 5,000 random graphs, in any order', () => {
    for (let seed = 0; seed < 5000; seed++) {
      const scenario = seededScenario(seed)
      const reference = {
        ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)),
        deps: new Map(),
        overlapped: new Set<string>(),
      }
      const kernel = runKernel(scenario, randomOrder(seed + 1))
      const [expected, actual] = comparable(scenario.blueprint, [reference, kernel])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 120_000)

  it('changes nothing at a second delivery of an outcome', () => {
    for (let seed = 0; seed < 500; seed++) {
      const scenario = seededScenario(seed)
      const [once, twice] = comparable(scenario.blueprint, [
        runKernel(scenario, randomOrder(seed)),
        runKernel(scenario, randomOrder(seed), 2),
      ])
      expect(twice, `seed ${seed}`).toEqual(once)
    }
  }, 60_000)
})
