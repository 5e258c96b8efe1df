import { expect } from 'vitest'
import type { RunEvent } from '../src/model/run-event.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import { SuperjsonSerializer } from '../src/defaults/superjson-serializer.ts'
import { bindRun } from '../src/execution/run/bind-run.ts'
import { attemptInterrupted, restorePending } from '../src/execution/run/restored-visits.ts'
import { RunServices } from '../src/execution/run/run-services.ts'
import { RunToCompletionOrchestrator } from '../src/orchestrators/run-to-completion.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { readEvent, writeEvent } from '../src/traversal/journal-text.ts'
import { rebuildRun } from '../src/traversal/rebuild-run.ts'
import { outcomeOfFacts } from './outcome-of-facts.ts'
import { seededScenario, type Scenario } from './reference-model/random-graph.ts'
import { comparableResult, type ScenarioRun } from './run-scenario.ts'
import { scenarioRegistry } from './scenario-registry.ts'

const serializer = new SuperjsonSerializer()

/** Runs a scenario in this process, and answers its events by the groups in which they would be written. */
export async function runInGroups(scenario: Scenario, seed: number): Promise<RunEvent[][]> {
  const groups: RunEvent[][] = []
  const runtime = new FlowRuntime({ registry: scenarioRegistry(scenario, seed, new Map()) })
  const { traverser, state, services } = runtime.prepare(scenario.blueprint, 'input', {
    onFailure: scenario.onFailure ?? 'continue',
  })
  const own = services as RunServices
  const write = (events: readonly RunEvent[]): void => void groups.push(structuredClone([...events]))
  const written = new RunServices(own.engine, state, own.options, { write })
  await new RunToCompletionOrchestrator().run(traverser, written.executorFactory, state, written)
  return groups
}

/** Rebuilds a run from the first groups of its journal, as text, in a runtime of its own, and runs it to its end. */
export async function runFromJournal(
  scenario: Scenario,
  seed: number,
  groups: readonly (readonly RunEvent[])[],
): Promise<ScenarioRun> {
  const deps = new Map<string, readonly string[]>()
  const before = groups.flat()
  const journal = before.map((event) => {
    const text = JSON.stringify(writeEvent(serializer, { ...event }))
    return readEvent(serializer, event.runId, JSON.parse(text) as ReturnType<typeof writeEvent>)
  })
  const runtime = new FlowRuntime({ registry: scenarioRegistry(scenario, seed, deps) })
  const { services } = runtime.prepare(scenario.blueprint, 'input')
  const { traverser, state, interrupted } = rebuildRun(scenario.blueprint, journal)
  const own = services as RunServices
  const after: RunEvent[] = []
  const write = (events: readonly RunEvent[]): void => void after.push(...events)
  const written = new RunServices(own.engine, state, own.options, { write })
  const run = bindRun(traverser, state, written.executorFactory, written)
  attemptInterrupted(run, interrupted, 5)
  restorePending(run)
  const end = new RunToCompletionOrchestrator().run(traverser, written.executorFactory, state, written)
  const result = await (end as Promise<WorkflowResult>)
  return { outcome: { ...outcomeOfFacts([...before, ...after]), deps }, result, events: [...before, ...after] }
}

/** Cuts the journals of random graphs after each group of events, and compares how each goes on with the whole run. */
export async function expectSameFromEveryCut(graphCount: number): Promise<void> {
  for (let seed = 0; seed < graphCount; seed++) {
    const scenario = seededScenario(seed)
    const groups = await runInGroups(scenario, seed)
    const whole = await runFromJournal(scenario, seed, groups)
    for (let cut = 1; cut < groups.length; cut++) {
      const { outcome, result, events } = await runFromJournal(scenario, seed, groups.slice(0, cut))
      const seqs = events.map(({ seq }) => seq)
      const [got, expected] = [comparableEnd(outcome, result), comparableEnd(whole.outcome, whole.result)]
      expect(got, `seed ${seed}, cut after ${cut} of ${groups.length}`).toEqual(expected)
      expect(seqs, `seed ${seed}, cut after ${cut}`).toEqual(seqs.map((_, at) => at + 1))
    }
  }
}

function comparableEnd({ visits, marks }: ScenarioRun['outcome'], result: WorkflowResult): object {
  return { visits, marks, result: comparableResult(result) }
}
