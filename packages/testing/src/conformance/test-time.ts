import type { IClock } from '@heddle/core'
import { isVirtual } from './drive.ts'

/** How long a behaviour waits for something, in real milliseconds. */
const patienceMs = 10_000

/** How long a behaviour looks whether something happens that must not, in milliseconds. */
const settleMs = 50

/** Time in a test, virtual or real. */
export interface TestTime {
  /** Waits for a time of the clock; it passes while a behaviour awaits `until` or `settle`. */
  readonly sleep: (ms: number) => Promise<void>
  /** Lets time pass until a condition holds. @throws Error if it does not hold for long */
  readonly until: (condition: () => boolean) => Promise<void>
  /** Lets so many milliseconds pass. */
  readonly pass: (ms: number) => Promise<void>
  /** Lets time pass, so that what must not happen could. */
  readonly settle: () => Promise<void>
}

/** The time of a clock. A virtual one is moved; of a real one it is waited for. */
export function testTime(clock: IClock): TestTime {
  const pass = (ms: number): Promise<void> => (isVirtual(clock) ? clock.advance(ms) : realDelay(ms))
  return {
    pass,
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.schedule(ms, resolve)
      }),
    until: async (condition) => {
      const end = performance.now() + patienceMs
      while (!condition()) {
        if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain`)
        if (isVirtual(clock)) {
          await clock.settle()
          if (!condition() && !(await clock.advanceToNext())) await realDelay(1)
        } else await realDelay(2)
      }
    },
    settle: () => pass(settleMs),
  }
}

function realDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
