import type { IClock } from '../ports/clock.ts'

/** The longest delay of `setTimeout`; a longer one would fire at once. */
const maxTimeoutMs = 2_147_483_647

/** The time of this machine. */
export const systemClock: IClock = {
  now: () => Date.now(),
  schedule: (delayMs, fire) => {
    // Long delays are waited out in pieces, and by the clock that does not jump; a timer may be early by a part of a millisecond.
    const due = performance.now() + Math.max(0, delayMs)
    let timer: ReturnType<typeof setTimeout>
    const wait = (): void => {
      timer = setTimeout(
        () => {
          if (performance.now() < due) wait()
          else fire()
        },
        Math.min(Math.ceil(due - performance.now()), maxTimeoutMs),
      )
    }
    wait()
    return () => clearTimeout(timer)
  },
}
