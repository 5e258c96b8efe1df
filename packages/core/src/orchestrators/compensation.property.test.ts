import { describe, expect, it } from 'vitest'
import { runFromJournal, runInGroups } from '../../test/rebuilt-run.ts'
import { checkCompensation } from '../../test/reference-model/check-compensation.ts'
import { compensatingScenario, type Scenario } from '../../test/reference-model/random-graph.ts'
import { runResumed } from '../../test/resumed-run.ts'
import { comparableResult, runScenario, type ScenarioRun } from '../../test/run-scenario.ts'
import { EventDrivenOrchestrator } from './event-driven.ts'
import { ReplayOrchestrator } from './replay.ts'
import { RunToCompletionOrchestrator } from './run-to-completion.ts'
import { StepByStepOrchestrator } from './step-by-step.ts'

/** How many random graphs each orchestrator runs; `HEDDLE_GRAPHS` asks for more. */
const graphCount: number = Math.ceil(Number(process.env['HEDDLE_GRAPHS'] ?? 5000) / 10)

async function expectUndone(
  run: (scenario: Scenario, seed: number) => Promise<ScenarioRun>,
  count: number = graphCount,
): Promise<void> {
  let compensated = 0
  for (let seed = 0; seed < count; seed++) {
    const scenario = compensatingScenario(seed)
    const { result, events } = await run(scenario, seed)
    expect(checkCompensation(scenario.blueprint, events), `seed ${seed}`).toEqual([])
    expect(scenario.book.problems, `seed ${seed}`).toEqual([])
    const failures = events.filter(({ type }) => type === 'compensation.failed')
    const told = result.errors.filter(({ code }) => code === 'COMPENSATION_FAILED')
    expect(told, `seed ${seed}`).toHaveLength(failures.length)
    if (events.some(({ type }) => type === 'compensation.started')) compensated++
  }
  expect(compensated).toBeGreaterThanOrEqual(Math.floor(count / 20))
}

describe('on random graphs, a run that fails undoes what completed, in reverse order', () => {
  it('run to completion', async () => {
    await expectUndone((scenario, seed) => runScenario(scenario, new RunToCompletionOrchestrator(), seed))
  }, 600_000)

  it('step by step', async () => {
    await expectUndone((scenario, seed) => runScenario(scenario, new StepByStepOrchestrator(), seed))
  }, 600_000)

  it('resumed from a serialised state after each step', async () => {
    await expectUndone(runResumed)
  }, 600_000)

  it.each([1, 3])(
    'by jobs, with %i workers',
    async (workers) => {
      await expectUndone(
        (scenario, seed) => runScenario(scenario, new EventDrivenOrchestrator({ workers }), seed),
        Math.ceil(graphCount / 2),
      )
    },
    600_000,
  )

  it('and a replay of its journal comes to the same', async () => {
    await expectUndone(async (scenario, seed) => {
      const recorded = await runScenario(scenario, new RunToCompletionOrchestrator(), seed)
      const { result } = await runScenario(scenario, new ReplayOrchestrator(recorded.events), seed)
      expect(comparableResult(result), `seed ${seed}`).toEqual(comparableResult(recorded.result))
      return recorded
    })
  }, 600_000)

  it('also when it is rebuilt from its journal cut after any group of events, and goes on', async () => {
    for (let seed = 0; seed < graphCount / 5; seed++) {
      const scenario = compensatingScenario(seed)
      const groups = await runInGroups(scenario, seed)
      const backToWhole = scenario.book.bookmark()
      for (let cut = 1; cut < groups.length; cut++) {
        backToWhole()
        const { events } = await runFromJournal(scenario, seed, groups.slice(0, cut))
        const problems = [...checkCompensation(scenario.blueprint, events), ...scenario.book.problems]
        expect(problems, `seed ${seed}, cut after ${cut} of ${groups.length}`).toEqual([])
      }
    }
  }, 600_000)
})
