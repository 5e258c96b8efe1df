import type { ClockBehaviour } from '../clock-harness.ts'

/** It never calls back before schedule has returned, however short the delay. */
export const neverCallsBackAtOnce: ClockBehaviour = {
  name: 'it never calls back before schedule has returned, however short the delay',
  run: async ({ clock, pass, expect }) => {
    const fired: number[] = []
    for (const delayMs of [0, -5]) clock.schedule(delayMs, () => fired.push(delayMs))
    expect(fired).toEqual([])
    await pass(20)
    expect(fired).toEqual([0, -5])
  },
}
