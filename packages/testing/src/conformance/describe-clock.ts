import type { IClock } from '@heddle/core'
import { clockBehaviours } from './clock-behaviours.ts'
import { registerBehaviours, type SuiteOptions } from './register-behaviours.ts'

/** Options of {@link describeClock}. */
export interface ClockSuiteOptions<Clock extends IClock> extends SuiteOptions {
  /** Lets time pass for a clock that does not go by itself. @default real time passes */
  readonly pass?: (clock: Clock, ms: number) => Promise<void>
}

/**
 * Registers the behaviours that every clock has.
 *
 * @param title names the implementation
 * @param createClock makes a new one for each test
 * @throws HeddleError `INVALID_OPTION` for a skip without a reason, or of an unknown behaviour
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * describeClock('virtualClock', virtualClock, { test: { describe, it, expect }, pass: (clock, ms) => clock.advance(ms) })
 * ```
 */
export function describeClock<Clock extends IClock>(
  title: string,
  createClock: () => Clock,
  options: ClockSuiteOptions<Clock>,
): void {
  const { test, pass = realTime } = options
  registerBehaviours(title, clockBehaviours, options, async () => {
    const clock = createClock()
    return { harness: { expect: test.expect, clock, pass: (ms) => pass(clock, ms) }, close: async () => {} }
  })
}

function realTime(_clock: IClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
