import { EventDrivenOrchestrator } from '../src/orchestrators/event-driven.ts'
import { RunToCompletionOrchestrator } from '../src/orchestrators/run-to-completion.ts'
import type { IOrchestrator } from '../src/orchestrators/contract.ts'
import type { WorkflowBlueprint } from '../src/model/blueprint.ts'
import type { WorkflowResult } from '../src/model/workflow-result.ts'
import { yieldTurn } from '../src/execution/engine/yield-turn.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import type { FlowRuntimeOptions, RunOptions } from '../src/runtime/options.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Both ways to carry out a run, for `it.each`: by its frames in memory, and by the distributed protocol. */
export const bothWays: readonly (readonly [string, () => IOrchestrator])[] = [
  ['in process', () => new RunToCompletionOrchestrator()],
  ['distributed', () => new EventDrivenOrchestrator()],
]

/** Runs a blueprint by an orchestrator. */
export function runBy(
  orchestrator: IOrchestrator,
  blueprint: WorkflowBlueprint,
  { input, run = {}, ...options }: FlowRuntimeOptions & { readonly input?: unknown; readonly run?: RunOptions },
): Promise<WorkflowResult> {
  const { traverser, executorFactory, state, services } = new FlowRuntime(options).prepare(blueprint, input, run)
  return orchestrator.run(traverser, executorFactory, state, services) as Promise<WorkflowResult>
}

/** Resolves after one turn of the event loop. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    yieldTurn(resolve)
  })
}

/** Lets everything happen that is due, then lets time pass, then lets happen what that led to. */
export async function passTime(clock: VirtualClock, ms: number): Promise<void> {
  await eventLoopTurn()
  clock.advance(ms)
  await eventLoopTurn()
}
