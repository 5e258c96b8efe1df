import { describe, expect, it } from 'vitest'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import { randomOrder, seededScenario } from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { comparableResult, runScenario } from '../../test/run-scenario.ts'
import { EventDrivenOrchestrator } from './event-driven.ts'
import { RunToCompletionOrchestrator } from './run-to-completion.ts'

describe('an event-driven run', () => {
  it.each([1, 3])(
    'makes the same visits and outputs as a run to completion, with %i workers',
    async (workers) => {
      for (let seed = 0; seed < 300; seed++) {
        const scenario = seededScenario(seed)
        const reference = { ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)), deps: new Map() }
        const { outcome, result } = await runScenario(scenario, new EventDrivenOrchestrator({ workers }), seed)
        const [expected, actual] = comparable(scenario.blueprint, [reference, { ...outcome, deps: new Map() }])
        expect(actual, `seed ${seed}`).toEqual(expected)
        const local = await runScenario(scenario, new RunToCompletionOrchestrator(), seed)
        expect(comparableResult(result), `seed ${seed}`).toEqual(comparableResult(local.result))
      }
    },
    120_000,
  )
})
