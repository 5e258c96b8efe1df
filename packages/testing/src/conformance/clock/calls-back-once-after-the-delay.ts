import type { ClockBehaviour } from '../clock-harness.ts'

/** It calls back once, not before the delay has passed. */
export const callsBackOnceAfterTheDelay: ClockBehaviour = {
  name: 'it calls back once, not before the delay has passed',
  run: async ({ clock, pass, expect }) => {
    const before = clock.now()
    const fired: number[] = []
    clock.schedule(30, () => fired.push(clock.now()))
    await pass(5)
    expect(fired).toEqual([])
    await pass(80)
    expect(fired.length).toBe(1)
    expect(Number(fired[0]) - before >= 29).toBe(true)
  },
}
