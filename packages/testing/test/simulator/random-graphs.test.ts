import { describe, expect, it } from 'vitest'
import { outcomeOfFacts } from '../../../core/test/outcome-of-facts.ts'
import { comparable } from '../../../core/test/reference-model/compare-outcomes.ts'
import { randomOrder, seededScenario } from '../../../core/test/reference-model/random-graph.ts'
import { runReference } from '../../../core/test/reference-model/reference-run.ts'
import { scenarioRegistry } from '../../../core/test/scenario-registry.ts'
import { simulate, type ResultCheck, type SimulateOptions } from '../../src/index.ts'

/** How many random graphs each test runs; `HEDDLE_SIMULATED_GRAPHS` asks for more. */
const graphCount: number = Number(process.env['HEDDLE_SIMULATED_GRAPHS'] ?? 100)

/** However busy the machine is. */
const timeLimitMs = 60_000 + 500 * graphCount

/** Simulates random graphs, one a seed, and holds what became of each against the reference model. */
async function simulateGraphs(options: SimulateOptions): Promise<void> {
  for (let seed = 1; seed <= graphCount; seed++) {
    const scenario = seededScenario(seed)
    const { blueprint, results } = scenario
    const reference = { ...runReference(blueprint, results, randomOrder(seed)), deps: new Map() }
    const agrees: ResultCheck = async ({ status }, { journal }) => {
      const [expected, actual] = comparable(blueprint, [reference, outcomeOfFacts(await journal())])
      expect(actual).toEqual(expected)
      expect(status).toBe(reference.status)
    }
    const workflow = { blueprint, registry: scenarioRegistry(scenario, seed) }
    const given = { runs: 1, input: 'input', onFailure: 'continue', seeds: [seed], ...options } as const
    for (const check of ['same', agrees] as const) {
      const { failures } = await simulate(workflow, { ...given, expect: check })
      expect(failures.map(({ guarantee, message, replay }) => [guarantee, message, replay])).toEqual([])
    }
  }
}

const none = { crash: 0, pause: 0, resend: 0, error: 0, clockJump: 0, lostTail: 0, slowHandler: 0 }
const noJobFaults = { duplicateJob: 0, lateJob: 0, lostJob: 0 }

describe('a random graph comes to what the reference model says, and to what it comes to in one process', () => {
  it('with everything that can happen to workers', () => simulateGraphs({}), timeLimitMs)

  it(
    'if each job comes twice',
    () => simulateGraphs({ faults: { ...none, ...noJobFaults, duplicateJob: 1 } }),
    timeLimitMs,
  )

  it(
    'if many operations are sent twice',
    () => simulateGraphs({ faults: { ...none, ...noJobFaults, resend: 0.5 } }),
    timeLimitMs,
  )

  it('if workers die often', () => simulateGraphs({ faults: { ...none, ...noJobFaults, crash: 0.1 } }), timeLimitMs)
})
