import type { RunEvent, RunStatus, WorkflowResult } from '@heddle/core'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import type { EventRecorder } from '../events/record-events.ts'

/** Where a stepped run stands. A snapshot: later steps do not change it. */
export type StepResult<Output = unknown, Outputs extends object = Record<string, unknown>> = Omit<
  WorkflowResult,
  'output' | 'outputs'
> & {
  readonly output: Output | undefined
  /** Output of each node that has completed, by node id. */
  readonly outputs: Readonly<Partial<Outputs>>
}

/** A visit that the next step attempts. */
export interface ReadyVisit {
  readonly nodeId: string
  /** Counters of the loops around the node, outermost first. */
  readonly iteration: readonly number[]
  /** Number of the attempt, from 1. */
  readonly attempt: number
  /** Item index inside a map. */
  readonly item?: number
}

/** Drives one run step by step, forth and back. Calls that overlap are carried out one after the other. */
export interface Stepper<
  Output = unknown,
  Outputs extends object = Record<string, unknown>,
  Waits extends object = Record<string, unknown>,
> {
  /**
   * Attempts all visits that are ready, to the end of their last retry, or until a durable call suspends their handler: a later step
   * goes on with that. If none is ready but something is under way (a sleep, a child run), it is waited out first. A run that has
   * ended, or that waits for a resume, stays as it is.
   *
   * @throws HeddleError `INVALID_INPUT` at the first step, if the input does not match the workflow's schema
   */
  next(): Promise<StepResult<Output, Outputs>>
  /**
   * Undoes the last step: `next()`, `resume()` or `cancel()`. The steps before it are made again from what their handlers answered;
   * no handler is called. From there on the run may take another course.
   *
   * @throws HeddleError `INVALID_STATE` if there is no step to undo
   */
  back(): Promise<StepResult<Output, Outputs>>
  /**
   * Steps, at least once, until a visit of this node has settled, or until the predicate says so of a result; or until the run has
   * ended or waits for a resume.
   *
   * @throws HeddleError `UNKNOWN_NODE`
   */
  until(
    target: (keyof Outputs & string) | ((result: StepResult<Output, Outputs>) => boolean),
  ): Promise<StepResult<Output, Outputs>>
  /**
   * Answers an open wait, also one of a child run. It counts as a step.
   *
   * @param name the wait's name, or its id if several of that name are open
   * @param action action of the wait node's result
   * @throws HeddleError `WAIT_NOT_OPEN`, `WAIT_ANSWERED`, `WAIT_EXPIRED`, `AMBIGUOUS_WAIT`, `INVALID_PAYLOAD`
   */
  resume<Name extends keyof Waits & string>(
    name: Name,
    payload?: Waits[Name],
    action?: string,
  ): Promise<StepResult<Output, Outputs>>
  /** Ends the run as cancelled. It counts as a step. */
  cancel(reason?: string): Promise<StepResult<Output, Outputs>>
  /** What the next step attempts, in this order. */
  ready(): ReadyVisit[]
  /** Where the run stands. */
  readonly result: StepResult<Output, Outputs>
  readonly status: RunStatus
  /** Whether the run has completed, failed or was cancelled. */
  readonly isDone: boolean
  /** How many steps `back()` can undo. */
  readonly steps: number
  /** The events of the run and of its child runs. Going back forgets those of what was undone. */
  readonly recorder: EventRecorder
  /** The events so far, in order: those of the {@link Stepper.recorder}. */
  readonly events: readonly RunEvent[]
  readonly clock: VirtualClock
}
