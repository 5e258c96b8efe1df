import type { Engine } from '../execution/engine/engine.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { WorkflowResult } from '../model/workflow-result.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { OpenOptions, RunOptions } from './options.ts'

/** A blueprint with the engine that knows its schemas and subflows. */
export interface KnownWorkflow {
  readonly blueprint: WorkflowBlueprint
  readonly engine: Engine
}

/** Starts and opens the runs that a store keeps; what differs is who carries them out. */
export interface RunKeeper {
  /** Starts a run, or answers the one of this id. @throws HeddleError `RUN_CONFLICT` and what the store throws */
  start(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<RunHandle>
  /** Starts a run, and answers its result. @throws HeddleError as {@link start} does */
  run(workflow: KnownWorkflow, runId: string, input: unknown, options: RunOptions): Promise<WorkflowResult>
  /** The handle of a run. What is wrong with it turns out when it is asked something. */
  open(runId: string, workflow?: KnownWorkflow, options?: OpenOptions): RunHandle
}
