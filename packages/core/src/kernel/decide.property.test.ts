import { describe, expect, it } from 'vitest'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import {
  cancellingScenario,
  randomOrder,
  recordedOrder,
  seededScenario,
} from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { runKernel } from '../../test/run-kernel.ts'

describe('the kernel', () => {
  it('makes the same visits and marks as the reference model on 5,000 random graphs, in any order', () => {
    for (let seed = 0; seed < 5000; seed++) {
      const scenario = seededScenario(seed)
      const reference = {
        ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)),
        deps: new Map(),
        overlapped: new Set<string>(),
      }
      const kernel = outcomeOfFacts(runKernel(scenario, randomOrder(seed + 1)))
      const [expected, actual] = comparable(scenario.blueprint, [reference, kernel])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 120_000)

  it('cancels the same visits as the reference model on 5,000 random graphs, where visits settle in the same order', () => {
    for (let seed = 0; seed < 5000; seed++) {
      const scenario = cancellingScenario(seed)
      const facts = runKernel(scenario, randomOrder(seed))
      const reference = runReference(scenario.blueprint, scenario.results, recordedOrder(facts))
      const [expected, actual] = comparable(scenario.blueprint, [
        { ...reference, deps: new Map(), overlapped: new Set<string>() },
        outcomeOfFacts(facts),
      ])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 120_000)

  it('changes nothing at a second delivery of an outcome', () => {
    for (let seed = 0; seed < 500; seed++) {
      const scenario = seededScenario(seed)
      const [once, twice] = comparable(scenario.blueprint, [
        outcomeOfFacts(runKernel(scenario, randomOrder(seed))),
        outcomeOfFacts(runKernel(scenario, randomOrder(seed), 2)),
      ])
      expect(twice, `seed ${seed}`).toEqual(once)
    }
  }, 60_000)
})
