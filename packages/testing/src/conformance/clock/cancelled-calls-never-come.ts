import type { ClockBehaviour } from '../clock-harness.ts'

/** A call that was cancelled never comes, and cancelling after the call does nothing. */
export const cancelledCallsNeverCome: ClockBehaviour = {
  name: 'a call that was cancelled never comes, and cancelling after the call does nothing',
  run: async ({ clock, pass, expect }) => {
    let fired = 0
    const cancel = clock.schedule(10, () => fired++)
    const late = clock.schedule(10, () => fired++)
    cancel()
    cancel()
    await pass(50)
    late()
    expect(fired).toBe(1)
  },
}
