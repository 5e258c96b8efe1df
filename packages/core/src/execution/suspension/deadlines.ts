import type { IClock } from '../../ports/clock.ts'
import type { RunTimers } from './run-timers.ts'

interface Deadline {
  readonly due: number
  readonly pass: () => void
  cancelTimer: () => void
}

/**
 * The moments at which what a run waits for ends by itself: the deadlines of its waits, the timeouts of its child runs. The clock decides:
 * what comes after such a moment is too late also where the timer has not fired yet, in a busy process or in one that has just taken the
 * run up.
 */
export class Deadlines {
  private readonly timers: RunTimers
  private readonly clock: IClock
  private readonly open: Set<Deadline> = new Set()

  constructor(timers: RunTimers, clock: IClock) {
    this.timers = timers
    this.clock = clock
  }

  /**
   * Calls back at a moment, in milliseconds since 1970.
   *
   * @returns cancels that
   */
  at(due: number, pass: () => void): () => void {
    const deadline: Deadline = { due, pass, cancelTimer: () => undefined }
    this.open.add(deadline)
    const delayMs = Math.max(0, due - this.clock.now())
    deadline.cancelTimer = this.timers.set(delayMs, pass, () => void this.open.delete(deadline))
    return () => deadline.cancelTimer()
  }

  /** Calls back for those that have passed, in the order of their moments, before anything else is decided. */
  passDue(): void {
    if (this.open.size === 0) return
    const now = this.clock.now()
    const passed = [...this.open].filter(({ due }) => due <= now)
    for (const deadline of passed.toSorted((one, other) => one.due - other.due)) {
      // One may have ended what another one was for.
      if (!this.open.has(deadline)) continue
      deadline.cancelTimer()
      deadline.pass()
    }
  }
}
