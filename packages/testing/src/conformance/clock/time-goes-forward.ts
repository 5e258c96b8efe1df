import type { ClockBehaviour } from '../clock-harness.ts'

/** The time is in milliseconds and does not go back. */
export const timeGoesForward: ClockBehaviour = {
  name: 'the time is in milliseconds and does not go back',
  run: async ({ clock, pass, expect }) => {
    const before = clock.now()
    await pass(20)
    const gone = clock.now() - before
    expect([Number.isFinite(before), gone >= 19, gone < 10_000]).toEqual([true, true, true])
  },
}
