import { describe, expect, it } from 'vitest'
import { Cluster, type ClusterOptions } from '../../test/cluster.ts'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { checkCompensation } from '../../test/reference-model/check-compensation.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import {
  cancellingScenario,
  compensatingScenario,
  recordedOrder,
  type Scenario,
} from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { scenarioRegistry } from '../../test/scenario-registry.ts'

async function runInCluster(scenario: Scenario, seed: number, options: Partial<ClusterOptions>): Promise<Cluster> {
  const cluster = new Cluster({ registry: scenarioRegistry(scenario, seed), seed, ...options })
  await cluster.start(scenario.blueprint, 'input', { onFailure: scenario.onFailure ?? 'continue' })
  await cluster.run()
  return cluster
}

describe('a run in a cluster', () => {
  it('undoes what completed if it fails, and what nobody knows of, although workers die', async () => {
    let deaths = 0
    let compensated = 0
    for (let seed = 0; seed < 300; seed++) {
      const scenario = compensatingScenario(seed)
      const cluster = await runInCluster(scenario, seed, {
        workers: 3,
        faults: { die: 2, resend: 10, duplicate: 20, lose: 5 },
      })
      deaths += cluster.deaths
      const events = await cluster.events()
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
      expect(checkCompensation(scenario.blueprint, events), `seed ${seed}`).toEqual([])
      expect(scenario.book.problems, `seed ${seed}`).toEqual([])
      if (events.some(({ type }) => type === 'compensation.completed')) compensated++
    }
    expect(deaths).toBeGreaterThan(100)
    expect(compensated).toBeGreaterThan(30)
  }, 240_000)

  it('cancels the same visits as the reference model although workers die', async () => {
    for (let seed = 0; seed < 150; seed++) {
      const scenario = cancellingScenario(seed)
      const cluster = await runInCluster(scenario, seed, {
        workers: 3,
        faults: { die: 2, resend: 10, duplicate: 20, lose: 5 },
      })
      const events = await cluster.events()
      const reference = runReference(scenario.blueprint, scenario.results, recordedOrder(events))
      const [expected, actual] = comparable(scenario.blueprint, [
        { ...reference, deps: new Map() },
        outcomeOfFacts(events),
      ])
      expect(actual, `seed ${seed}`).toEqual(expected)
    }
  }, 240_000)
})
