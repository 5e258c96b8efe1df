import { describe, expect, it } from 'vitest'
import { Cluster, type ClusterOptions } from '../../test/cluster.ts'
import { outcomeOfFacts } from '../../test/outcome-of-facts.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import { randomOrder, seededScenario, type Scenario } from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { comparableResult, runScenario } from '../../test/run-scenario.ts'
import { scenarioRegistry } from '../../test/scenario-registry.ts'
import { RunToCompletionOrchestrator } from '../orchestrators/run-to-completion.ts'
import { foldJournal } from '../traversal/fold-journal.ts'
import { WorkflowState } from '../traversal/workflow-state.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'

async function runInCluster(scenario: Scenario, seed: number, options: Partial<ClusterOptions>): Promise<Cluster> {
  const cluster = new Cluster({ registry: scenarioRegistry(scenario, seed), seed, ...options })
  await cluster.start(scenario.blueprint, 'input', { onFailure: 'continue' })
  await cluster.run()
  return cluster
}

/** Compares a run in a cluster with the reference model and with a run to completion. */
async function check(scenario: Scenario, seed: number, cluster: Cluster): Promise<void> {
  const events = await cluster.events()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  const reference = { ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)), deps: new Map() }
  const [expected, actual] = comparable(scenario.blueprint, [reference, outcomeOfFacts(events)])
  expect(actual, `seed ${seed}`).toEqual(expected)
  const local = await runScenario(scenario, new RunToCompletionOrchestrator(), seed)
  const state = new WorkflowState()
  state.adopt(foldJournal(scenario.blueprint, events))
  expect(comparableResult(state.toResult(new SuperjsonSerializer())), `seed ${seed}`).toEqual(
    comparableResult(local.result),
  )
}

describe('a run in a cluster', () => {
  it.each([1, 3])(
    'comes to the same with %i workers, each job twice and in random order',
    async (workers) => {
      for (let seed = 0; seed < 300; seed++) {
        const scenario = seededScenario(seed)
        await check(scenario, seed, await runInCluster(scenario, seed, { workers, faults: { duplicate: 100 } }))
      }
    },
    120_000,
  )

  it('comes to the same if every operation of the store is sent twice', async () => {
    for (let seed = 0; seed < 150; seed++) {
      const scenario = seededScenario(seed)
      await check(scenario, seed, await runInCluster(scenario, seed, { workers: 2, faults: { resend: 100 } }))
    }
  }, 120_000)

  it('comes to the same if jobs get lost', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const scenario = seededScenario(seed)
      await check(scenario, seed, await runInCluster(scenario, seed, { workers: 2, faults: { lose: 30 } }))
    }
  }, 120_000)

  it('comes to the same if workers die at any operation', async () => {
    let deaths = 0
    for (let seed = 0; seed < 200; seed++) {
      const scenario = seededScenario(seed)
      const cluster = await runInCluster(scenario, seed, {
        workers: 3,
        faults: { die: 2, resend: 10, duplicate: 20, lose: 5 },
      })
      deaths += cluster.deaths
      await check(scenario, seed, cluster)
    }
    expect(deaths).toBeGreaterThan(100)
  }, 240_000)
})
