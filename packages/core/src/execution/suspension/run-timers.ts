import type { IClock } from '../../ports/clock.ts'

interface Timer {
  cancelClock: () => void
  readonly end: () => void
}

/** The timers of one run: whatever has not fired when the run ends never will. */
export class RunTimers {
  private readonly clock: IClock
  private readonly timers: Set<Timer> = new Set()

  constructor(clock: IClock) {
    this.clock = clock
  }

  /**
   * Calls back after a delay in milliseconds.
   *
   * @param end called once when the timer has fired, before `fire`, or was cancelled
   * @returns cancels it
   */
  set(delayMs: number, fire: () => void, end: () => void = () => undefined): () => void {
    const timer: Timer = { cancelClock: () => undefined, end }
    this.timers.add(timer)
    timer.cancelClock = this.clock.schedule(delayMs, () => {
      this.end(timer)
      fire()
    })
    return () => this.cancel(timer)
  }

  private cancel(timer: Timer): void {
    timer.cancelClock()
    this.end(timer)
  }

  private end(timer: Timer): void {
    if (this.timers.delete(timer)) timer.end()
  }

  cancelAll(): void {
    for (const timer of this.timers) this.cancel(timer)
  }
}
