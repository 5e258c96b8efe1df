import { FlowRuntime, type FlowRuntimeOptions, type IClock } from '@heddle/core'
import { virtualClock } from '../clock/virtual-clock.ts'
import { orchestratorBehaviours } from './orchestrator-behaviours.ts'
import { createOrchestratorHarness, type CreateOrchestrator } from './orchestrator-harness.ts'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'

/** Options of {@link describeOrchestrator}. */
export interface OrchestratorSuiteOptions extends SuiteOptions {
  /**
   * Makes the clock of one test. A virtual clock is moved by the suite whenever nothing happens any more; an orchestrator that works
   * over a network needs `() => systemClock`.
   * @default virtualClock
   */
  readonly createClock?: () => IClock
  /**
   * How many times longer the times of behaviours are whose order matters: they are some milliseconds apart, and an orchestrator that
   * works over a network may need longer for a step than that.
   * @default 1
   */
  readonly timeFactor?: number
  /** Makes the runtime that prepares the runs of one test. @default a FlowRuntime */
  readonly createRuntime?: (options: FlowRuntimeOptions) => FlowRuntime
}

/**
 * Registers the behaviours that every orchestrator has: what a run means does not depend on who drives it.
 *
 * @param title names the implementation
 * @param createOrchestrator makes the orchestrator of one run; it is called until the run has ended
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeOrchestrator('MyOrchestrator', () => new MyOrchestrator(), { test: { describe, it, expect } })
 * ```
 */
export function describeOrchestrator(
  title: string,
  createOrchestrator: CreateOrchestrator,
  options: OrchestratorSuiteOptions,
): void {
  const { createClock = virtualClock, createRuntime = (settings) => new FlowRuntime(settings) } = options
  const { timeFactor = 1, test } = options
  registerBehaviours(title, orchestratorBehaviours, options, async () => ({
    harness: createOrchestratorHarness({
      expect: test.expect,
      clock: createClock(),
      createOrchestrator,
      createRuntime,
      timeFactor,
    }),
    close: async () => {},
  }))
}
