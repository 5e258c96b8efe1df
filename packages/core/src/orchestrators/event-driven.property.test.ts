import { expect, it } from 'vitest'
import { graphCount } from '../../test/agrees-with-reference.ts'
import { comparable } from '../../test/reference-model/compare-outcomes.ts'
import {
  cancellingScenario,
  randomOrder,
  recordedOrder,
  seededScenario,
} from '../../test/reference-model/random-graph.ts'
import { runReference } from '../../test/reference-model/reference-run.ts'
import { comparableResult, runScenario } from '../../test/run-scenario.ts'
import { EventDrivenOrchestrator } from './event-driven.ts'
import { RunToCompletionOrchestrator } from './run-to-completion.ts'

it('makes the same visits, marks and outputs as the reference model and a run to completion, with one and with three workers', async () => {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = seededScenario(seed)
    const reference = { ...runReference(scenario.blueprint, scenario.results, randomOrder(seed)), deps: new Map() }
    const orchestrator = new EventDrivenOrchestrator({
      workers: seed % 2 === 0 ? 1 : 3,
      continueInWorker: seed % 4 > 1,
    })
    const { outcome, result } = await runScenario(scenario, orchestrator, seed)
    const [expected, actual] = comparable(scenario.blueprint, [reference, { ...outcome, deps: new Map() }])
    expect(actual, `seed ${seed}`).toEqual(expected)
    const local = await runScenario(scenario, new RunToCompletionOrchestrator(), seed)
    expect(comparableResult(result), `seed ${seed}`).toEqual(comparableResult(local.result))
  }
}, 900_000)

it('makes the same visits as the reference model where nodes cancel others, with one and with three workers', async () => {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = cancellingScenario(seed)
    const orchestrator = new EventDrivenOrchestrator({
      workers: seed % 2 === 0 ? 1 : 3,
      continueInWorker: seed % 4 > 1,
    })
    const { outcome, result, events } = await runScenario(scenario, orchestrator, seed)
    const reference = runReference(scenario.blueprint, scenario.results, recordedOrder(events))
    const [expected, actual] = comparable(scenario.blueprint, [
      { ...reference, deps: new Map() },
      { ...outcome, deps: new Map() },
    ])
    expect(actual, `seed ${seed}`).toEqual(expected)
    expect(result.status, `seed ${seed}`).toBe(reference.status)
  }
}, 900_000)
