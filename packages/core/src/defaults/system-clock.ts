import type { IClock } from '../ports/clock.ts'

/** The longest delay of `setTimeout`; a longer one would fire at once. */
const maxTimeoutMs = 2_147_483_647

/** The time of this machine. */
export const systemClock: IClock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    // Long delays are waited out in pieces, and by the clock that does not jump; a timer may be early by a part of a millisecond.
    const due = performance.now() + Math.max(0, delayMs)
    const wait = (): ReturnType<typeof setTimeout> => setTimeout(look, Math.min(Math.ceil(due - performance.now()), maxTimeoutMs))
    const look = (): void => {
      if (performance.now() < due) timer = wait()
      else callback()
    }
    let timer = wait()
    return () => clearTimeout(timer)
  },
}
