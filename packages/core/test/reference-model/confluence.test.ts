import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkOutcome } from './check-outcome.ts'
import { comparable } from './compare-outcomes.ts'
import { featuresOf } from './graph-features.ts'
import { randomOrder, scenarioArbitrary, seededScenario } from './random-graph.ts'
import { runReference } from './reference-run.ts'

describe('a random run', () => {
  it('has the same visits and statuses in every order, none in limbo, every edge marked once', () => {
    for (let seed = 0; seed < 2000; seed += 1) {
      const { blueprint, results } = seededScenario(seed)
      const runs = [0, 1, 2].map((order) => runReference(blueprint, results, randomOrder(3 * seed + order)))
      const [first, ...others] = comparable(blueprint, runs)
      for (const other of others) expect(other, `seed ${seed}`).toEqual(first)
      // Looks at each visit and mark by itself: what must be there is, and nothing else. One run stands for all: they are equal.
      for (const run of runs.slice(0, 1)) expect(checkOutcome(blueprint, results, run), `seed ${seed}`).toEqual([])
    }
  }, 60_000)

  it('is the same for scenarios that can be made smaller', () => {
    const property = fc.property(scenarioArbitrary, fc.nat(), ({ blueprint, results }, order) => {
      const runs = [order, order + 1].map((seed) => runReference(blueprint, results, randomOrder(seed)))
      for (const run of runs) expect(checkOutcome(blueprint, results, run)).toEqual([])
      const [first, second] = comparable(blueprint, runs)
      expect(second).toEqual(first)
    })
    fc.assert(property, { numRuns: 300, seed: 1 })
  }, 60_000)

  it('meets everything that the generator is for', () => {
    const met = new Set<string>()
    for (let seed = 0; seed < 500; seed += 1) {
      const scenario = seededScenario(seed)
      const run = runReference(scenario.blueprint, scenario.results, randomOrder(seed))
      for (const feature of featuresOf(scenario, run)) met.add(feature)
    }
    expect([...met].sort()).toMatchInlineSnapshot(`
      [
        "error edge",
        "error edge back",
        "exit of two loops",
        "exit that enters a loop",
        "exit that is a back edge",
        "explicit start",
        "fallback",
        "header all",
        "header any",
        "header atLeast",
        "header every",
        "header settled",
        "join all",
        "join any",
        "join atLeast",
        "join every",
        "join settled",
        "loop",
        "nested loops",
        "parallel edges",
        "ran: 10 visits or more",
        "ran: 40 visits or more",
        "ran: cut off",
        "ran: exit retaken",
        "ran: failure handled",
        "ran: fallback completed",
        "ran: fallback failed",
        "ran: overlapping iterations",
        "ran: second iteration",
        "ran: unhandled failure",
        "ran: unrouted action",
        "self loop",
        "sequential loops",
        "several back edges",
        "several exits",
        "several starts",
        "shared fallback",
        "start with incoming edges",
        "three loops deep",
      ]
    `)
  })
})
