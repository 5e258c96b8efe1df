import type { Engine, EngineName } from '../engines/contract.ts'

/** The suites: cases made here, real graphs read from a folder, and workers over Redis. */
export const suiteNames = ['core', 'wf', 'redis'] as const

/** See {@link suiteNames}. */
export type SuiteName = (typeof suiteNames)[number]

/** What one engine does for one case. */
export interface Workload {
  /** Before each measured call: makes what the call uses up. Not measured. */
  readonly renew?: () => void | Promise<void>
  /** The measured call. Resolves to a number that must be `expected`. */
  readonly run: () => Promise<number>
  readonly expected: number
  /** Checks, once and unmeasured, what the measured call does not: throws with what is wrong. */
  readonly verify?: () => Promise<void>
  /** After the last measured call: what else is to be told of it. Throws if it was not as it should be. */
  readonly note?: () => string
}

/** What an engine does for a case in which no call is measured: it tells durations, in milliseconds, at least five. */
export interface ToldWorkload extends Pick<Workload, 'verify' | 'note'> {
  readonly durations: () => Promise<readonly number[]>
}

/** What Heddle is to reach. A time is a bound of the median unless it says otherwise, memory one of the process's peak. */
export interface Goal {
  readonly medianMs?: number
  readonly maxMs?: number
  readonly perNodeUs?: number
  readonly runsPerSecond?: number
  readonly peakRssMb?: number
  readonly keptHeapMb?: number
  readonly ratioToFloor?: number
}

/** One row of a table. */
export interface BenchCase {
  readonly suite: SuiteName
  /** Name on the command line and in results: kebab-case. */
  readonly id: string
  /** What happens, in a few words. */
  readonly title: string
  /** Nodes or iterations in one measured call: what the cost per node is divided by. */
  readonly n: number
  /** Those that take part. */
  readonly engines: readonly EngineName[]
  /** Why one that could be expected takes no part. */
  readonly leftOut?: Readonly<Partial<Record<EngineName, string>>>
  readonly goal?: Goal
  /** Left out of `--quick`. */
  readonly isLarge?: boolean
  /** Several calls may be measured as one, where one is too short for a clock. Not so where `renew` is needed or timers decide. */
  readonly isRepeatable: boolean
  /** The heap that the process keeps after the last call and a garbage collection is measured as well. */
  readonly measuresKeptHeap?: boolean
  /** No schedule can be shorter than this, in milliseconds: the longest path through the sleeps. */
  readonly idealMs?: number
  /** It may take at least so long on one engine, whatever `--limit` says. */
  readonly limitSeconds?: number
  readonly prepare: (engine: Engine) => Promise<Workload | ToldWorkload>
}
