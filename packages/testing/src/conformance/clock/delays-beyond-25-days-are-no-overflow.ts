import type { ClockBehaviour } from '../clock-harness.ts'

/** A delay beyond 2^31 - 1 ms does not fire at once. */
export const delaysBeyond25DaysAreNoOverflow: ClockBehaviour = {
  name: 'a delay beyond 2^31 - 1 ms does not fire at once',
  run: async ({ clock, pass, expect }) => {
    let fired = 0
    const cancels = [2 ** 31, 2 ** 33, 10 ** 12].map((delayMs) => clock.schedule(delayMs, () => fired++))
    await pass(30)
    for (const cancel of cancels) cancel()
    expect(fired).toBe(0)
  },
}
