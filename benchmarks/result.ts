import type { Goal, SuiteName } from './cases/contract.ts'
import type { EngineName } from './engines/contract.ts'

/** What is measured of one case on one engine, in a process of its own. */
export interface Measurement {
  /** Calls that one sample is the mean of: more than one where a call is too short for the clock. */
  readonly callsPerSample: number
  readonly samples: number
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  /** The first call of the process, nothing compiled by the JIT yet. */
  readonly firstCallMs: number
  /** Largest memory of the process up to the end of its first call … */
  readonly firstCallRssMb: number
  /** … and up to its end. An empty Node process takes about 45 MB. */
  readonly peakRssMb: number
  /** Heap after the last call and a garbage collection, less that before the first. */
  readonly keptHeapMb?: number
  /** What else is to be told of the last call. */
  readonly note?: string
}

/** One line of `--json`. An engine that could not do the case has `reason` instead of numbers. */
export interface ResultLine extends Partial<Measurement> {
  readonly suite: SuiteName
  readonly case: string
  readonly engine: EngineName
  readonly n: number
  readonly perNodeUs?: number
  /** Against the floor of the same run of the benchmark. */
  readonly ratioToFloor?: number
  readonly reason?: string
  /** Whether the engine was wrong, and not merely slow or unable. */
  readonly isWrong?: boolean
}

/** A case as tables and pages show it. */
export interface CaseResults {
  readonly suite: SuiteName
  readonly id: string
  readonly title: string
  readonly n: number
  readonly goal?: Goal
  readonly idealMs?: number
  readonly lines: readonly ResultLine[]
}

/** Middle of the sorted values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
