import type { IClock } from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of a clock works with. */
interface ClockHarness {
  readonly expect: Expect
  readonly clock: IClock
  /** Lets so many milliseconds of the clock pass. */
  readonly pass: (ms: number) => Promise<void>
}

/** One behaviour that every clock has. */
export type ClockBehaviour = Behaviour<ClockHarness>
