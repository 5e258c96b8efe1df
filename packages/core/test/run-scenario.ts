import { expect } from 'vitest'
import type { RunEvent } from '../src/model/run-event.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import type { IOrchestrator } from '../src/orchestrators/contract.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { outcomeOfFacts } from './outcome-of-facts.ts'
import type { Scenario } from './reference-model/random-graph.ts'
import type { ReferenceOutcome } from './reference-model/run-record.ts'
import { scenarioRegistry } from './scenario-registry.ts'

/** What a run of a scenario came to, and its result. */
export interface ScenarioRun {
  readonly outcome: ReferenceOutcome
  readonly result: WorkflowResult
  readonly events: readonly RunEvent[]
}

/** Runs a scenario with an orchestrator until the run has ended, and checks that its journal has no gap. */
export async function runScenario(scenario: Scenario, orchestrator: IOrchestrator, seed: number): Promise<ScenarioRun> {
  const deps = new Map<string, readonly string[]>()
  const runtime = new FlowRuntime({ registry: scenarioRegistry(scenario, seed, deps) })
  const events: RunEvent[] = []
  runtime.eventBus.on('*', (event) => events.push(event))
  const { traverser, executorFactory, state, services } = runtime.prepare(scenario.blueprint, 'input', {
    onFailure: scenario.onFailure ?? 'continue',
  })
  let result = await orchestrator.run(traverser, executorFactory, state, services)
  for (let steps = 0; result.status === 'stalled' && steps < 10_000; steps++) {
    result = await orchestrator.run(traverser, executorFactory, state, services)
  }
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  return { outcome: { ...outcomeOfFacts(events), deps }, result: result as WorkflowResult, events }
}

/** What must be equal between two results of one scenario. */
export function comparableResult({ status, outputs, skipped, cancelled, errors }: WorkflowResult): object {
  return { status, outputs: { ...outputs }, skipped, cancelled, errors: errors.map(({ message }) => message).sort() }
}
