import type { ClockBehaviour } from '../clock-harness.ts'

/** A callback may schedule the next call. */
export const callbacksMaySchedule: ClockBehaviour = {
  name: 'a callback may schedule the next call',
  run: async ({ clock, pass, expect }) => {
    const fired: string[] = []
    clock.schedule(5, () => {
      fired.push('first')
      clock.schedule(5, () => fired.push('second'))
    })
    await pass(60)
    expect(fired).toEqual(['first', 'second'])
  },
}
