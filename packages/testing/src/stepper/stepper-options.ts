import type { FailurePolicy, FlowRuntimeOptions, NodeContext, NodeResult } from '@heddle/core'
import type { VirtualClock } from '../clock/virtual-clock.ts'

/** What a stubbed node answers: an output, `route(action, output)`, or a function of the node's context that answers one of these. */
export type Stub<Output> =
  | Output
  | NodeResult<Output>
  | ((context: NodeContext) => Output | NodeResult<Output> | Promise<Output | NodeResult<Output>>)

/** Stubs by node id, each of the type of the node's output. */
export type StubsOf<Outputs extends object> = { readonly [Id in keyof Outputs]?: Stub<Outputs[Id]> }

/** The input of the run; it may be left out where `undefined` is a valid one. */
export type InputOption<Input> = undefined extends Input ? { readonly input?: Input } : { readonly input: Input }

/**
 * When the stepper moves the virtual clock.
 *
 * - `'idle'`: when nothing is ready, no handler is running, and a timer is pending: sleeps, delays of retries. A handler that waits in
 *   a durable call does not run; nor does one whose steps all wait for their next try.
 * - `'always'`: also while handlers are running, as soon as nothing happens any more: for handlers that wait for the virtual clock
 *   themselves, or that hang until their timeout. Not for handlers that do real I/O under a timeout: it would pass at once.
 * - `'never'`: only you move it.
 */
export type ClockMode = 'idle' | 'always' | 'never'

/** Settings of a stepper beside the input of its run. */
export interface StepperSettings<Outputs extends object = Record<string, unknown>> extends Pick<
  FlowRuntimeOptions,
  'registry' | 'blueprints' | 'dependencies' | 'middleware' | 'evaluator' | 'serializer' | 'logger' | 'limits'
> {
  /**
   * Nodes that do not run: what each answers instead. Its join, `when`, retries, timeout and edges work as ever; a stubbed map, wait,
   * sleep or subflow neither maps nor waits.
   */
  readonly stubs?: StubsOf<Outputs>
  /** Shared values before the first node runs. */
  readonly context?: Readonly<Record<string, unknown>>
  /** @default a new virtual clock */
  readonly clock?: VirtualClock
  /** @default 'idle' */
  readonly clockMode?: ClockMode
  /** @default 'stepper' */
  readonly runId?: string
  /** How many nodes of a batch may run at once. @default Infinity */
  readonly concurrency?: number
  /** Limit of the run in milliseconds of the virtual clock. @default the blueprint's policy */
  readonly deadlineMs?: number
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
  /** Randomness for the jitter of retries, 0 to 1. @default always 0 */
  readonly random?: () => number
}

/** Options of a stepper. */
export type StepperOptions<
  Input = unknown,
  Outputs extends object = Record<string, unknown>,
> = StepperSettings<Outputs> & InputOption<Input>
