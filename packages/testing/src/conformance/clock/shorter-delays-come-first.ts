import type { ClockBehaviour } from '../clock-harness.ts'

/** Shorter delays come first, whatever the order in which they were set. */
export const shorterDelaysComeFirst: ClockBehaviour = {
  name: 'shorter delays come first, whatever the order in which they were set',
  run: async ({ clock, pass, expect }) => {
    const fired: number[] = []
    for (const delayMs of [60, 10, 35]) clock.schedule(delayMs, () => fired.push(delayMs))
    await pass(120)
    expect(fired).toEqual([10, 35, 60])
  },
}
