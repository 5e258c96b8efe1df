import { describe, expect, it } from 'vitest'
import { expectAgreement, expectCancelAgreement } from '../../test/agrees-with-reference.ts'
import type { Scenario } from '../../test/reference-model/random-graph.ts'
import { comparableResult, runScenario, type ScenarioRun } from '../../test/run-scenario.ts'
import { ReplayOrchestrator } from './replay.ts'
import { RunToCompletionOrchestrator } from './run-to-completion.ts'
import { StepByStepOrchestrator } from './step-by-step.ts'

/** Runs a recorded scenario again from its journal alone. */
async function runReplayed(scenario: Scenario, seed: number): Promise<ScenarioRun> {
  const recorded = await runScenario(scenario, new RunToCompletionOrchestrator(), seed)
  const { result } = await runScenario(scenario, new ReplayOrchestrator(recorded.events), seed)
  expect(comparableResult(result), `seed ${seed}`).toEqual(comparableResult(recorded.result))
  return { ...recorded, result }
}

describe('on random graphs, the same visits, marks and data as the reference model', () => {
  it('are made by the run to completion', async () => {
    await expectAgreement((scenario, seed) => runScenario(scenario, new RunToCompletionOrchestrator(), seed))
  }, 600_000)

  it('are made step by step', async () => {
    await expectAgreement((scenario, seed) => runScenario(scenario, new StepByStepOrchestrator(), seed))
  }, 600_000)

  it('are found by replaying a journal', async () => {
    await expectAgreement(runReplayed)
  }, 600_000)
})

describe('on random graphs in which nodes cancel others, the same visits, marks and data as the reference model', () => {
  it('are made by the run to completion', async () => {
    await expectCancelAgreement((scenario, seed) => runScenario(scenario, new RunToCompletionOrchestrator(), seed))
  }, 600_000)

  it('are made step by step', async () => {
    await expectCancelAgreement((scenario, seed) => runScenario(scenario, new StepByStepOrchestrator(), seed))
  }, 600_000)

  it('are found by replaying a journal', async () => {
    await expectCancelAgreement(runReplayed)
  }, 600_000)
})
