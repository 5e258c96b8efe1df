import type {
  ActorLimits,
  FailurePolicy,
  FlowRuntimeOptions,
  IClock,
  OpenWait,
  RunEvent,
  RunLimits,
  WorkflowResult,
} from '@heddle/core'
import type { FaultRates } from './faults.ts'
import type { StoreFactory } from './virtual-store.ts'

/** One run of a simulation. */
export interface RunPlace {
  readonly seed: number
  /** Number of the run in its world, from 0. */
  readonly run: number
}

/** Makes the input of a run. */
export type InputOf = (place: RunPlace) => unknown

/** Answers a wait: with a payload, or with `route(action, payload)`. */
export type AnswerOf = (wait: OpenWait) => unknown

/** A run whose result is looked at. */
export interface EndedRun extends RunPlace {
  /** All events of the run. */
  readonly journal: () => Promise<readonly RunEvent[]>
}

/** Looks at the result of a run, and throws if it is not a good one. */
export type ResultCheck = (result: WorkflowResult, run: EndedRun) => void | Promise<void>

/** Options of {@link simulate}. */
export interface SimulateOptions extends Pick<
  FlowRuntimeOptions,
  'evaluator' | 'keyLimits' | 'middleware' | 'serializer'
> {
  /** How many worlds are simulated, or their seeds. @default 100 */
  readonly seeds?: number | readonly number[]
  /** The first seed, if a number of them is given; the others follow it. @default 1 */
  readonly firstSeed?: number
  /** How often each kind of fault happens; `false` for a world without any. @default see {@link FaultRates} */
  readonly faults?: Partial<FaultRates> | false
  /** The input of every run, or a function that makes one for each. @default undefined */
  readonly input?: unknown
  /** Shared values before the first node runs. */
  readonly context?: Readonly<Record<string, unknown>>
  /** @default the blueprint's policy, else 'stop' */
  readonly onFailure?: FailurePolicy
  /**
   * Answers to waits by name: a payload, `route(action, payload)`, or a function that makes one of them. A wait without an answer stays
   * open.
   */
  readonly answers?: Readonly<Record<string, unknown>>
  /** What handlers get as `dependencies`, for each worker by its clock: handlers that wait must do so by it. */
  readonly dependencies?: (clock: IClock) => unknown
  /** How many workers there are at a time. @default 3 */
  readonly workers?: number
  /** How many runs of the workflow there are in one world, side by side. @default 2 */
  readonly runs?: number
  /** How many jobs a worker handles at once. @default 10 */
  readonly concurrency?: number
  /** Whether workers go on with successors themselves, as `createWorker` is told. @default in every second world they do */
  readonly continueInWorker?: boolean
  /** How often a worker looks for runs that are due, in milliseconds of its clock. @default 4000 */
  readonly sweepMs?: number
  /**
   * Limits of runs, and times and limits of the protocol. A visit may be lost any number of times here, since faults are many. What bounds
   * values and expressions is said to `serializer` and `evaluator`.
   */
  readonly limits?: Partial<Pick<RunLimits, 'maxMapItems' | 'maxSubflowDepth'> & ActorLimits>
  /**
   * What the result of each run is held against: `'same'` is the result of `FlowRuntime.run` in a process that nothing disturbs, apart
   * from times, attempts and the order of commits. A workflow whose result may depend on which of its visits is first needs a function.
   * @default 'same'
   */
  readonly expect?: 'same' | ResultCheck
  /** After so many seeds that failed no more are tried. @default 3 */
  readonly maxFailures?: number
  /** Plays one world again: the text that a failure gave. `seeds` and `faults` do not count then. */
  readonly replay?: string
  /** Makes the store of a world. @default memoryCoordinationStore */
  readonly store?: StoreFactory
}
