import type { RunEvent } from '../src/model/run-event.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import { bindRun } from '../src/execution/run/bind-run.ts'
import { snapshotRun } from '../src/execution/run/restored-visits.ts'
import { SuperjsonSerializer } from '../src/defaults/superjson-serializer.ts'
import { ResumptionOrchestrator } from '../src/orchestrators/resumption.ts'
import { StepByStepOrchestrator } from '../src/orchestrators/step-by-step.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { outcomeOfFacts } from './outcome-of-facts.ts'
import type { Scenario } from './reference-model/random-graph.ts'
import type { ScenarioRun } from './run-scenario.ts'
import { scenarioRegistry } from './scenario-registry.ts'

/** Runs a scenario one step at a time, each step in a runtime of its own that knows the snapshot of the step before only. */
export async function runResumed(scenario: Scenario, seed: number): Promise<ScenarioRun> {
  const deps = new Map<string, readonly string[]>()
  const events: RunEvent[] = []
  let snapshot: string | undefined
  let result: WorkflowResult | undefined
  do {
    const runtime = new FlowRuntime({ registry: scenarioRegistry(scenario, seed, deps) })
    runtime.eventBus.on('*', (event) => events.push(event))
    const { onFailure = 'continue' } = scenario
    const options = snapshot === undefined ? { onFailure } : { snapshot }
    const { traverser, executorFactory, state, services } = runtime.prepare(scenario.blueprint, 'input', options)
    const orchestrator = new ResumptionOrchestrator(new StepByStepOrchestrator())
    result = await orchestrator.run(traverser, executorFactory, state, services)
    snapshot = new SuperjsonSerializer().serialize(snapshotRun(bindRun(traverser, state, executorFactory, services)))
  } while (result.status === 'stalled')
  return { outcome: { ...outcomeOfFacts(events), deps }, result, events }
}
